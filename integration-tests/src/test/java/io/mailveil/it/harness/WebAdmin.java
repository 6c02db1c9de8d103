package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/** Administration over HTTP, as an administrator's script does it. */
public final class WebAdmin {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What came back. */
    public record Answer(int status, String body) {
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
    }

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI base;

    WebAdmin(int port) {
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

    private Answer send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
            .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
