"""A seller's app, connected to Mercer by one handler. Python 3.9 or newer, nothing to install.

    WEBHOOK_SECRET=whsec_... python3 app.py        # listens on http://127.0.0.1:8080/mercer
"""

import base64, hashlib, hmac, json, os, secrets, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
ACCOUNTS = {}  # by instance id; in a real app a table with a unique key, so that a repeated event finds the account


def is_signed(headers, body):
    """Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", compared in constant time, at most 5 minutes old."""
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    digest = hmac.digest(KEY, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256)
    wanted = "v1," + base64.b64encode(digest).decode()
    fresh = timestamp.isdecimal() and abs(time.time() - int(timestamp)) <= 300
    return fresh and any(hmac.compare_digest(wanted, one) for one in headers.get("webhook-signature", "").split())


def react(event):
    """What the app does with an event; whatever it returns is the answer."""
    instance_id = event["subject"]
    if event["type"] == "mercer.instance.created":
        return ACCOUNTS.setdefault(instance_id, {
            "frontEndUrl": f"https://notes.example.com/{instance_id}",
            "userName": "owner",
            "password": secrets.token_urlsafe(12),
        })
    if event["type"] == "mercer.instance.released":
        ACCOUNTS.pop(instance_id, None)
    return None  # renewed, frozen, upgraded, ...: react to what matters to you, accept the rest


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_signed(self.headers, body):
            return self.answer(401)  # Mercer shows it as a failed delivery and tries again
        account = react(json.loads(body))
        self.answer(200 if account else 204, account)

    def answer(self, status, account=None):
        content = json.dumps(account).encode() if account else b""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8080))), Handler).serve_forever()
