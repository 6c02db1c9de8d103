package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/** Administration over HTTP, as an administrator's script does it. */
public final class WebAdmin {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What came back. */
    public record Answer(int status, String body, HttpHeaders headers) {
        /** The body as JSON. */
        public JsonNode json() {
            try {
                return body.isBlank() ? MissingNode.getInstance() : JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }

        /** Fails if it is not this status. */
        public Answer is(int expected) {
            assertThat(status).as("status of the answer %s", body).isEqualTo(expected);
            return this;
        }

        /** The task of James that it has started. */
        public String task() {
            return is(201).json().path("taskId").asText();
        }
    }

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI base;
    private final Optional<String> token;

    WebAdmin(int port, Optional<String> token) {
        this.token = token;
        base = URI.create("http://127.0.0.1:" + port);
    }

    /** GET. */
    public Answer get(String path) {
        return send("GET", path, "");
    }

    /** PUT with a JSON body, which may be empty. */
    public Answer put(String path, String body) {
        return send("PUT", path, body);
    }

    /** POST with a JSON body. */
    public Answer post(String path, String body) {
        return send("POST", path, body);
    }

    /** PATCH with a JSON body. */
    public Answer patch(String path, String body) {
        return send("PATCH", path, body);
    }

    /** DELETE. */
    public Answer delete(String path) {
        return send("DELETE", path, "");
    }

    /** How a task of James ended, once it has. */
    public JsonNode await(String task) {
        return get("/tasks/" + task + "/await").is(200).json();
    }

    /** Any request; {@code headers} are names and values by turns. Without a Content-Type among them it is JSON. */
    public Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (!List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        token.ifPresent(jwt -> request.header("Authorization", "Bearer " + jwt));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
