package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;

/** A page of another origin can neither read nor change anything, whatever name it gives this server. */
@ExtendWith(SharedServer.class)
class OriginIT {
    /** Sends what a browser would send, to the octet, and gives back the whole answer. */
    private static String raw(World world, String request, String... headers) {
        int port = world.server().port("webadmin");
        String text = request + " HTTP/1.1\r\n" + String.join("\r\n", headers).replace("{port}", Integer.toString(port))
            + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", "192.0.2.7", "127.0.0.1"})
    void ownNamesShouldBeAnswered(String host, World world) {
        assertThat(raw(world, "GET /mailveil/publicAddresses", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    @Test
    void nameOfThisMachineShouldBeAnswered(World world) throws UnknownHostException {
        assertThat(raw(world, "GET /mailveil/publicAddresses", "Host: " + InetAddress.getLocalHost().getHostName() + ":{port}"))
            .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:{port}", "localhost.evil.example:{port}", "127.0.0.1.evil.example", "127.1", "0x7f000001", ""})
    void foreignHostShouldBeRefused(String host, World world) {
        PublicAddress info = world.publicAddress("info");

        assertThat(raw(world, "GET /mailveil/publicAddresses", "Host: " + host)).startsWith("HTTP/1.1 403").doesNotContain(info.address());
        assertThat(raw(world, "DELETE " + info.path(), "Host: " + host)).startsWith("HTTP/1.1 403");
        world.webAdmin().get(info.path()).is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "https://127.0.0.1.evil.example", "null", "http://localhost:1", "http://127.0.0.1:1",
        "http://127.0.0.1", "file://"})
    void foreignOriginShouldBeRefused(String origin, World world) {
        PublicAddress info = world.publicAddress("info");

        assertThat(raw(world, "GET " + info.path(), "Host: 127.0.0.1:{port}", "Origin: " + origin))
            .startsWith("HTTP/1.1 403").doesNotContain("Access-Control").doesNotContain(info.displayName());
        assertThat(raw(world, "DELETE " + info.path(), "Host: 127.0.0.1:{port}", "Origin: " + origin))
            .startsWith("HTTP/1.1 403").doesNotContain("Access-Control");
        world.webAdmin().get(info.path()).is(200);
    }

    @Test
    void ownPageShouldBeAnsweredAndNobodyElseBeLetIn(World world) {
        String answer = raw(world, "GET /mailveil/publicAddresses", "Host: 127.0.0.1:{port}", "Origin: http://127.0.0.1:{port}");

        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("Access-Control").contains("no-store").contains("nosniff");
        assertThat(raw(world, "GET /healthcheck", "Host: 127.0.0.1:{port}")).as("James's own routes")
            .contains("Access-Control-Allow-Origin");
        assertThat(raw(world, "GET /mailveil/nothing", "Host: 127.0.0.1:{port}")).startsWith("HTTP/1.1 404")
            .doesNotContain("Access-Control");
    }

    @Test
    void preflightShouldNotBeAnswered(World world) {
        for (String path : new String[] {"/mailveil", "/mailveil/publicAddresses", "/mailveil/phantoms/x", "/mailveil/nothing"}) {
            assertThat(raw(world, "OPTIONS " + path, "Host: 127.0.0.1:{port}", "Origin: http://evil.example",
                "Access-Control-Request-Method: DELETE")).startsWith("HTTP/1.1 403").doesNotContain("Access-Control");
            assertThat(raw(world, "OPTIONS " + path, "Host: 127.0.0.1:{port}")).startsWith("HTTP/1.1 405").doesNotContain("Access-Control");
        }
    }

    @Test
    void methodShouldNotBeTakenFromAHeader(World world) {
        PublicAddress info = world.publicAddress("info");

        // James looks for a token only when the real method is not OPTIONS
        for (String method : new String[] {"OPTIONS", "GET", "POST"}) {
            assertThat(raw(world, method + " " + info.path(), "Host: 127.0.0.1:{port}", "X-HTTP-Method-Override: DELETE"))
                .startsWith("HTTP/1.1 40");
        }
        world.webAdmin().get(info.path()).is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ""})
    void bodyThatIsNotJsonShouldBeRefused(String type, World world) {
        PublicAddress info = world.publicAddress("info");
        String body = "{\"displayName\":\"Other\"}";

        String[] headers = type.isEmpty() ? new String[] {"Host: 127.0.0.1:{port}", "Content-Length: " + body.length()}
            : new String[] {"Host: 127.0.0.1:{port}", "Content-Length: " + body.length(), "Content-Type: " + type};
        String answer = raw(world, "PUT " + info.path(), withBody(headers, body));

        assertThat(answer).startsWith("HTTP/1.1 415");
        assertThat(world.webAdmin().get(info.path()).json().path("displayName").asText()).isEqualTo(info.displayName());
    }

    private static String[] withBody(String[] headers, String body) {
        String[] result = headers.clone();
        result[result.length - 1] += "\r\nConnection: close\r\n\r\n" + body;
        return result;
    }

    @Test
    void longBodyShouldBeRefused(World world) {
        PublicAddress info = world.publicAddress("info");

        world.webAdmin().put(info.path(), "{\"displayName\":\"" + "x".repeat(70_000) + "\"}").is(413);
        world.webAdmin().put(info.path(), "{\"displayName\":\"" + "x".repeat(60_000) + "\"}").is(400);
        assertThat(world.webAdmin().get(info.path()).json().path("displayName").asText()).isEqualTo(info.displayName());
    }

    @Test
    void openApiDocumentShouldBeServed(World world) {
        JsonNode document = world.webAdmin().get("/mailveil/openapi.json").is(200).json();

        assertThat(document.path("openapi").asText()).startsWith("3.");
        assertThat(document.path("paths").has("/mailveil/audit")).isTrue();
    }
}
