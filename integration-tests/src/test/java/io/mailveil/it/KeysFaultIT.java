package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** The keyset file becomes unreadable under a running server, and is mended: {@code ./mvnw -Pfaults -Dit.test=KeysFaultIT}. */
class KeysFaultIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("no-keys");

    @Test
    void runningServerShouldGoOnAndNotStartAgainUntilTheKeysAreBack(World world) throws IOException {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Before");
        Received before = nina.receives("Before");

        Path keyset = SERVER.folder().resolve("conf").resolve("mailveil.keyset");
        byte[] keys = Files.readAllBytes(keyset);
        Files.writeString(keyset, "{\"atRest\": \"?\"}");
        carol.writesTo(info, "With the keys in memory");
        assertThat(nina.receives("With the keys in memory").address("From")).isEqualTo(before.address("From"));

        SERVER.crash();
        TestServer.FailedStart failed = SERVER.startInVain();
        assertThat(failed.exitCode()).isEqualTo(78);
        assertThat(failed.errors().lines()).singleElement().asString().contains("mailveil.keyset cannot be read").contains("backup");
        assertThat(failed.output()).doesNotContain("Mailveil is ready");

        Files.write(keyset, keys);
        SERVER.start();
        carol.writesTo(info, "After");
        assertThat(nina.receives("After").address("From")).isEqualTo(before.address("From"));
    }
}
