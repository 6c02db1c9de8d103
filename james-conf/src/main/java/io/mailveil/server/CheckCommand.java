package io.mailveil.server;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * {@code mailveil check}: asks the running server to look itself over and prints what it says. The exit status is 1 if something is an
 * error or the server does not answer; warnings are for the reader.
 */
final class CheckCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, String> WORDS = Map.of("ok", "ok       ", "warning", "WARNING  ", "error", "ERROR    ",
        "unknown", "unknown  ");

    private CheckCommand() {
    }

    /**
     * Asks and prints.
     *
     * @param home the folder of the server, whose webadmin.properties say where it answers
     * @param token for WebAdmin, if it asks for one; empty for none
     * @return the exit status
     */
    static int run(Path home, String token, PrintStream out) {
        Preflight.Endpoint webAdmin = new Preflight(home.toAbsolutePath().normalize()).webAdmin().orElseThrow(() -> new StartProblem(
            "WebAdmin is not enabled in " + home.resolve("conf").resolve("webadmin.properties") + ", and the check goes by it."));
        String host = webAdmin.host.equals("0.0.0.0") ? "127.0.0.1" : webAdmin.host;
        URI uri = URI.create("http://" + host + ":" + webAdmin.port + "/mailveil/check");
        HttpResponse<String> answer = ask(uri, token);
        if (answer.statusCode() == 401) {
            throw new StartProblem("WebAdmin at " + uri.getAuthority() + " asks for a token. Put one into the environment,"
                + " MAILVEIL_TOKEN.");
        }
        if (answer.statusCode() != 200) {
            throw new StartProblem(uri + " answers " + answer.statusCode() + ". Is this a James with Mailveil, of this version?");
        }
        return print(answer.body(), out);
    }

    private static HttpResponse<String> ask(URI uri, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return HttpClient.newBuilder().connectTimeout(PATIENCE).build()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new StartProblem("No server answers at " + uri.getAuthority() + ". Is it running? --home <folder> names another one.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartProblem("Interrupted while waiting for " + uri, e);
        }
    }

    static int print(String json, PrintStream out) {
        JsonNode findings;
        try {
            findings = new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new StartProblem("The answer of the server is not JSON: " + e.getMessage(), e);
        }
        int errors = 0;
        int warnings = 0;
        int unknown = 0;
        for (JsonNode finding : findings) {
            String status = finding.path("status").asText();
            out.println(WORDS.getOrDefault(status, status + " ") + finding.path("check").asText() + ":"
                + " " + finding.path("message").asText());
            errors += status.equals("error") ? 1 : 0;
            warnings += status.equals("warning") ? 1 : 0;
            unknown += status.equals("unknown") ? 1 : 0;
        }
        out.println(errors + " errors, " + warnings + " warnings, " + unknown + " unknown");
        return errors == 0 ? 0 : 1;
    }
}
