package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.apache.james.GuiceJamesServer;
import org.apache.james.modules.protocols.SmtpGuiceProbe;
import org.apache.james.utils.DataProbeImpl;
import org.apache.james.utils.WebAdminGuiceProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailveilServerTest {
    @TempDir
    Path folder;

    @Test
    void serverShouldBeHealthyAndFindItsStateAgainInTheSameProcess() throws Exception {
        TestFolder.fill(folder);
        TestFolder.withoutExtension(folder);

        GuiceJamesServer first = MailveilServer.createServer(folder);
        first.start();
        try {
            assertThat(health(first)).contains("\"status\":\"healthy\"").doesNotContain("unhealthy").doesNotContain("degraded");
            first.getProbe(DataProbeImpl.class).fluent().addDomain("company.test").addUser("alice@company.test", "demo");
            assertThat(greeting(first.getProbe(SmtpGuiceProbe.class).getSmtpPort().getValue())).startsWith("220 ");
        } finally {
            first.stop();
        }

        GuiceJamesServer second = MailveilServer.createServer(folder);
        second.start();
        try {
            assertThat(second.getProbe(DataProbeImpl.class).listUsers()).containsExactly("alice@company.test");
        } finally {
            second.stop();
        }
    }

    private static String health(GuiceJamesServer server) throws IOException, InterruptedException {
        int port = server.getProbe(WebAdminGuiceProbe.class).getWebAdminPort().getValue();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthcheck")).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String greeting(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
             BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            return in.readLine();
        }
    }
}
