package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    @TempDir
    Path folder;

    @BeforeEach
    void freePorts() throws IOException {
        TestFolder.fill(folder);
        Files.createDirectories(folder.resolve("extensions-jars"));
        Files.writeString(folder.resolve("extensions-jars/mailveil-mailets-test.jar"), "");
    }

    @Test
    void checkShouldAcceptTheSampleConfiguration() {
        assertThatCode(() -> new Preflight(folder).check()).doesNotThrowAnyException();
    }

    @Test
    void endpointsShouldBeThoseOfTheServersThatAreEnabled() {
        assertThat(new Preflight(folder).endpoints()).extracting(Preflight.Endpoint::toString)
            .containsExactly("127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0");
    }

    @Test
    void checkShouldNameThePortThatIsTakenAndTheFileThatNamesIt() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TestFolder.replace(folder.resolve("conf/imapserver.xml"), "127.0.0.1:0", "127.0.0.1:" + other.getLocalPort());

            assertThatThrownBy(() -> new Preflight(folder).check())
                .isInstanceOf(StartProblem.class)
                .hasMessageContaining("Port " + other.getLocalPort() + " on 127.0.0.1 is taken")
                .hasMessageEndingWith("imapserver.xml");
        }
    }

    @Test
    void checkShouldNameTheLineThatIsNotXml() throws IOException {
        Files.writeString(folder.resolve("conf/domainlist.xml"), "<domainlist>\n<autodetect>false\n</domainlist>");

        assertThatThrownBy(() -> new Preflight(folder).check())
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("domainlist.xml, line 3");
    }

    @Test
    void checkShouldNameAnAddressThatIsNone() throws IOException {
        TestFolder.replace(folder.resolve("conf/smtpserver.xml"), "127.0.0.1:0", "127.0.0.1:smtp");

        assertThatThrownBy(() -> new Preflight(folder).check())
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("\"127.0.0.1:smtp\" is not an address to listen on");
    }

    @Test
    void checkShouldMissTheExtension() throws IOException {
        Files.delete(folder.resolve("extensions-jars/mailveil-mailets-test.jar"));

        assertThatThrownBy(() -> new Preflight(folder).check())
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("mailveil-mailets");
    }
}
