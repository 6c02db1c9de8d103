package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    Path home;

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void errorsShouldEndWithOne() {
        int status = CheckCommand.print("[{\"check\":\"dns\",\"status\":\"ok\",\"message\":\"Fine\"},"
            + "{\"check\":\"keys\",\"status\":\"error\",\"message\":\"Gone\"},"
            + "{\"check\":\"tls\",\"status\":\"warning\",\"message\":\"Off\"}]", out);

        assertThat(status).isEqualTo(1);
        assertThat(text().lines()).containsExactly("ok       dns: Fine", "ERROR    keys: Gone", "WARNING  tls: Off",
            "1 errors, 1 warnings, 0 unknown");
    }

    @Test
    void warningsAndWhatIsUnknownShouldEndWithNull() {
        assertThat(CheckCommand.print("[{\"check\":\"dns\",\"status\":\"unknown\",\"message\":\"No answer\"},"
            + "{\"check\":\"tls\",\"status\":\"warning\",\"message\":\"Off\"}]", out)).isZero();
        assertThat(text()).contains("unknown  dns: No answer");
    }

    @Test
    void answerThatIsNoJsonShouldBeSaid() {
        assertThatThrownBy(() -> CheckCommand.print("<html>", out)).isInstanceOf(StartProblem.class).hasMessageContaining("not JSON");
    }

    @Test
    void serverThatDoesNotAnswerShouldBeSaid() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf").resolve("webadmin.properties"), "enabled=true\nhost=127.0.0.1\nport=" + port + "\n");

        assertThatThrownBy(() -> CheckCommand.run(home, "", out)).isInstanceOf(StartProblem.class)
            .hasMessageContaining("No server answers at 127.0.0.1:" + port);
    }

    @Test
    void folderWithoutWebAdminShouldBeSaid() {
        assertThatThrownBy(() -> CheckCommand.run(home, "", out)).isInstanceOf(StartProblem.class)
            .hasMessageContaining("WebAdmin is not enabled in");
    }
}
