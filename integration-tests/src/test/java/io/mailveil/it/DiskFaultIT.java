package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Load;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SmallDisk;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * The disk with database, queue and held mail is full in the middle of load, and is not any more when the server is started again:
 * {@code ./mvnw -Pfaults -Dit.test=DiskFaultIT}.
 */
class DiskFaultIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("full-disk");
    private static SmallDisk disk;

    @BeforeAll
    static void mount() {
        disk = new SmallDisk(SERVER.folder().resolve("var"), 300);
    }

    @AfterAll
    static void unmount() {
        SERVER.crash();
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void acceptedMailShouldComeWhenTheDiskWasFull(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", nina);

        Load load = Load.on(SERVER, info, 4);
        try (load) {
            await().until(() -> load.acceptedSoFar() > 30);
            disk.fill();
            await("451").atMost(Duration.ofMinutes(1)).until(() -> load.answers().getOrDefault("451", 0) >= 8);
            await("bad health").atMost(Duration.ofMinutes(1)).until(() -> SERVER.health().equals("unhealthy"));
        }
        assertThat(load.answers().keySet()).isSubsetOf("250", "451", "none");
        disk.free();
        // database and queue have stopped themselves
        SERVER.crash();
        SERVER.start();
        SERVER.settle();
        // in this order: what Mailveil had touched goes from "error" to the held mail
        for (String repository : List.of("error", TestServer.HELD)) {
            if (!SERVER.mailsIn(repository).isEmpty()) {
                SERVER.reprocess(repository);
            }
        }

        int duplicates = load.checkDeliveriesTo(nina);
        System.out.printf("full disk: answers %s, %d copies came more than once%n", load.answers(), duplicates);
        assertThat(SERVER.health()).isEqualTo("healthy");
        SERVER.crash();
    }
}
