package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;

/** {@code bin/mailveil} as a person starts it: what is wrong is said in one line, and the exit code is not 0. */
class StartIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("start");

    private static String properties;

    @BeforeEach
    void restore() {
        SERVER.edit("mailveil.properties", text -> {
            properties = properties == null ? text : properties;
            return properties;
        });
    }

    @Test
    void startShouldSayWhichPortIsTaken() throws IOException {
        int port = SERVER.port("imap");
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            TestServer.FailedStart failed = SERVER.startInVain();

            assertThat(other.isBound()).isTrue();
            assertThat(failed.exitCode()).isEqualTo(78);
            assertThat(failed.errors().lines()).singleElement().asString()
                .startsWith("Port " + port + " on 127.0.0.1 is taken.").contains("imapserver.xml");
            assertThat(failed.output()).doesNotContain("Mailveil is ready");
        }
    }

    @Test
    void startShouldSayWhichFolderCannotBeWritten() throws IOException {
        // also for root, for whom every folder can be written: there is a file in the way
        Path file = Files.writeString(SERVER.folder().resolve("a-file"), "in the way");

        TestServer.FailedStart failed = SERVER.startInVain("--home", file.resolve("state").toString());

        assertThat(failed.exitCode()).isEqualTo(78);
        assertThat(failed.errors().lines()).singleElement().asString().startsWith("Cannot write to the folder " + file.resolve("state"));
    }

    @Test
    void startShouldSayThatTheMachineDoesNotFindItsOwnName() throws IOException {
        TestServer nameless = TestServer.inFolder("nameless");
        nameless.environment("MAILVEIL_JAVA_OPTS", "-Djdk.net.hosts.file=" + Files.writeString(nameless.folder().resolve("hosts"), ""));

        TestServer.FailedStart failed = nameless.startInVain();

        assertThat(failed.exitCode()).isEqualTo(78);
        assertThat(failed.errors().lines()).singleElement().asString().startsWith("This machine does not find its own name (")
            .contains("/etc/hosts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "inside.domains         | staff..test   | inside.domains=staff..test is not allowed. Allowed is a list of domain names",
        "trusted.networks       | 192.0.2.0/33  | trusted.networks=192.0.2.0/33 is not allowed.",
        "blocked.correspondents | ignore        | blocked.correspondents=ignore is not allowed. Allowed is reject or discard",
        "inside.domain          | staff.test    | there is no setting 'inside.domain'"
    })
    void startShouldSayWhichSettingIsWrong(String key, String value, String message) {
        SERVER.set(key, value);

        TestServer.FailedStart failed = SERVER.startInVain();

        assertThat(failed.exitCode()).isEqualTo(78);
        assertThat(failed.errors().lines()).singleElement().asString().contains(message);
    }

    @Test
    void demoShouldStartEndAndFindEverythingAgain() throws IOException {
        // the mark of a state folder: its configuration has been changed by hand (other ports), and is left as it is
        Files.writeString(SERVER.folder().resolve(".mailveil-state"), "");
        String[] arguments = {"--demo", "--home", SERVER.folder().toString()};
        WebAdmin admin = SERVER.webAdmin();

        SERVER.startWith(arguments);
        assertThat(admin.get("/mailveil/publicAddresses").is(200).json()).extracting(JsonNode::asText)
            .containsExactlyInAnyOrder("info@company.test", "sales@company.test", "press@company.test");
        assertThat(admin.get("/mailveil/publicAddresses/press@company.test/members").json().toString())
            .contains("\"member\":\"bob@staff.test\"").contains("\"replies\":false");
        String phantom = admin.post("/mailveil/phantoms",
            "{\"publicAddress\":\"info@company.test\",\"member\":\"alice@staff.test\",\"correspondent\":\"carol@world.test\"}")
            .is(201).json().path("address").asText();
        admin.delete("/mailveil/publicAddresses/sales@company.test").is(204);

        SERVER.stop();
        assertThat(SERVER.output().lines().filter(line -> line.contains("Mailveil is ready"))).hasSize(1);
        assertThat(SERVER.output()).contains("Mailveil has stopped");

        SERVER.startWith(arguments);
        admin.get("/mailveil/phantoms/" + phantom).is(200);
        admin.get("/mailveil/publicAddresses/sales@company.test").is(404);
        SERVER.crash();
    }

    @Test
    void startShouldSayThatTheKeysAreGoneWhilePhantomsExist() throws IOException {
        TestServer other = TestServer.inFolder("keys");
        try {
            other.start();
            other.webAdmin().put("/mailveil/publicAddresses/info@company.test", "").is(204);
            other.webAdmin().put("/mailveil/publicAddresses/info@company.test/members/a@staff.test", "{}").is(204);
            other.webAdmin().post("/mailveil/phantoms",
                "{\"publicAddress\":\"info@company.test\",\"member\":\"a@staff.test\",\"correspondent\":\"c@d.test\"}").is(201);
            other.crash();
            Files.delete(other.folder().resolve("conf").resolve("mailveil.keyset"));

            TestServer.FailedStart failed = other.startInVain();

            assertThat(failed.exitCode()).isEqualTo(78);
            assertThat(failed.errors().lines()).singleElement().asString().contains("mailveil.keyset");
        } finally {
            other.crash();
        }
    }
}
