// A seller's app, connected to Mercer by one handler. Node 20 or newer, no packages.
//
//     WEBHOOK_SECRET=whsec_... node app.mjs          # listens on http://127.0.0.1:8080/mercer

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace("whsec_", ""), "base64");
const accounts = new Map(); // by instance id; in a real app a table with a unique key, so that a repeated event finds the account

// Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", compared in constant time, at most 5 minutes old.
function isSigned(headers, body) {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signatures = "" } = headers;
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
  return isFresh && signatures.split(" ").some((one) => {
    const given = Buffer.from(one.replace("v1,", ""), "base64");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

// What the app does with an event; whatever it returns is the answer.
function react(event) {
  if (event.type === "mercer.instance.created") {
    if (!accounts.has(event.subject)) {
      accounts.set(event.subject, {
        frontEndUrl: `https://notes.example.com/${event.subject}`,
        userName: "owner",
        password: randomBytes(12).toString("base64url"),
      });
    }
    return accounts.get(event.subject);
  }
  if (event.type === "mercer.instance.released") accounts.delete(event.subject);
  // renewed, frozen, upgraded, ...: react to what matters to you, accept the rest
}

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  if (!isSigned(request.headers, body)) return response.writeHead(401).end(); // shown as a failed delivery and tried again
  const account = react(JSON.parse(body));
  if (!account) return response.writeHead(204).end();
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(account));
}).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
