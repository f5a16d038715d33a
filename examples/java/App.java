// A seller's app, connected to Mercer by one handler. Java 17 or newer, the JDK alone.
//
//     WEBHOOK_SECRET=whsec_... java App.java         # listens on http://127.0.0.1:8080/mercer

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class App {
    static final byte[] KEY = Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").replace("whsec_", ""));
    // By instance id; in a real app a table with a unique key, so that a repeated event finds the account.
    static final Map<String, String> ACCOUNTS = new ConcurrentHashMap<>();

    // Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", compared in constant time, at most 5 minutes old.
    static boolean isSigned(Headers headers, byte[] body) throws Exception {
        String id = header(headers, "webhook-id"), timestamp = header(headers, "webhook-timestamp");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes("UTF-8"));
        byte[] wanted = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes("UTF-8");
        boolean isFresh = timestamp.matches("\\d{1,12}")
            && Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) <= 300;
        boolean isOurs = false;
        for (String one : header(headers, "webhook-signature").split(" "))
            isOurs |= MessageDigest.isEqual(wanted, one.getBytes("UTF-8"));
        return isFresh && isOurs;
    }

    // What the app does with an event; whatever it returns is the answer.
    static Optional<String> react(String event) {
        String type = member(event, "type"), instanceId = member(event, "subject");
        if (type.equals("mercer.instance.created"))
            return Optional.of(ACCOUNTS.computeIfAbsent(instanceId, App::openAccount));
        if (type.equals("mercer.instance.released")) ACCOUNTS.remove(instanceId);
        return Optional.empty(); // renewed, frozen, upgraded, ...: react to what matters to you, accept the rest
    }

    static String openAccount(String instanceId) {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().encodeToString(random);
        return """
            {"frontEndUrl":"https://notes.example.com/%s","userName":"owner","password":"%s"}""".formatted(instanceId, password);
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/mercer", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                if (!isSigned(exchange.getRequestHeaders(), body)) {
                    exchange.sendResponseHeaders(401, -1); // Mercer shows it as a failed delivery and tries again
                    return;
                }
                Optional<String> account = react(new String(body, "UTF-8"));
                exchange.getResponseHeaders().set("content-type", "application/json");
                exchange.sendResponseHeaders(account.isPresent() ? 200 : 204, account.isPresent() ? account.get().length() : -1);
                if (account.isPresent()) exchange.getResponseBody().write(account.get().getBytes("UTF-8"));
            } catch (java.io.IOException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new java.io.IOException(failure); // no answer: Mercer tries again
            }
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }

    static String header(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }

    // The JDK has no JSON parser; use yours. Quotes inside values are escaped, so a member's name cannot be faked.
    static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }
}
