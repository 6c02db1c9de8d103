package io.mailveil.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The people of the demo: an organisation {@code company.test}, the private mailboxes of its members in {@code staff.test}, and the
 * world outside in {@code world.test}. They are made once, with the same WebAdmin calls that an administrator would use.
 */
class DemoWorld {
    private static final String PASSWORD = "demo";
    private static final List<String> DOMAINS = List.of("company.test", "staff.test", "world.test");
    private static final List<String> USERS = List.of("alice@staff.test", "bob@staff.test", "erin@staff.test",
        "carol@world.test", "dave@world.test", "mallory@world.test");
    private static final int CONFLICT = 409;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final Path done;
    private final URI webAdmin;

    DemoWorld(Path stateFolder, Preflight.Endpoint webAdmin) {
        this.done = stateFolder.resolve("var").resolve("demo-world-is-made");
        this.webAdmin = URI.create("http://" + webAdmin);
    }

    /** Makes the people if this folder has none yet. What somebody has changed since stays changed. */
    void make() {
        if (Files.exists(done)) {
            return;
        }
        DOMAINS.forEach(domain -> put("/domains/" + domain, ""));
        USERS.forEach(user -> put("/users/" + user, "{\"password\":\"" + PASSWORD + "\"}"));

        publicAddress("info@company.test", "Company Help Line");
        member("info@company.test", "alice@staff.test", "{}");
        member("info@company.test", "bob@staff.test", "{}");
        publicAddress("sales@company.test", "Company Sales");
        member("sales@company.test", "alice@staff.test", "{}");
        publicAddress("press@company.test", "Company Press Office");
        member("press@company.test", "bob@staff.test", "{\"replies\":false}");
        try {
            Files.createFile(done);
        } catch (IOException e) {
            throw new StartProblem("Cannot write " + done, e);
        }
    }

    private void publicAddress(String address, String displayName) {
        put("/mailveil/publicAddresses/" + address, "{\"displayName\":\"" + displayName + "\"}");
    }

    private void member(String address, String member, String switches) {
        put("/mailveil/publicAddresses/" + address + "/members/" + member, switches);
    }

    private void put(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(webAdmin.resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            boolean success = response.statusCode() / 100 == 2;
            // a user from an attempt that did not get to its end
            boolean alreadyThere = response.statusCode() == CONFLICT && path.startsWith("/users/");
            if (!success && !alreadyThere) {
                throw new StartProblem("The demo world could not be made: PUT " + path + " was answered with " + response.statusCode()
                    + " " + response.body());
            }
        } catch (IOException e) {
            throw new StartProblem("The demo world could not be made: PUT " + path + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartProblem("Interrupted while the demo world was made", e);
        }
    }
}
