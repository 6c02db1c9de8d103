package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Load;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * The server is killed at random moments under load, as often as {@code mailveil.kills} says: twice in {@code ./mvnw verify}, thirty times
 * by {@code ./mvnw -Pfaults -Dit.test=KillFaultIT}.
 */
class KillFaultIT {
    private static final int KILLS = Integer.getInteger("mailveil.kills", 2);

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("killed");

    @Test
    void everyAcceptedMessageShouldComeWhenTheServerIsKilledAtAnyMoment(World world) throws Exception {
        Person nina = world.remoteMember("nina", "provider.test");
        Person bob = world.remoteMember("bob", "carrier.test");
        PublicAddress info = world.publicAddress("info", nina, bob);
        Random random = new Random();

        Load load = Load.on(SERVER, info, 4);
        try (load) {
            for (int kill = 0; kill < KILLS; kill++) {
                int before = load.acceptedSoFar();
                while (load.acceptedSoFar() < before + 20) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
                SERVER.crash();
                SERVER.start();
            }
        }
        SERVER.settle();

        int duplicates = load.checkDeliveriesTo(nina) + load.checkDeliveriesTo(bob);
        System.out.printf("%d kills: answers %s, %d messages accepted, each came to two members, %d copies came more than once%n",
            KILLS, load.answers(), load.acceptedSoFar(), duplicates);
        assertThat(load.answers().keySet()).as("answers").isSubsetOf("250", "451", "none");
        world.webAdmin().get("/healthcheck").is(200);
        assertThat(SERVER.mailsIn(TestServer.HELD)).isEmpty();
        assertThat(Files.readString(SERVER.folder().resolve("logs").resolve("james.log"), StandardCharsets.ISO_8859_1))
            .doesNotContain("discarding email");

        SERVER.stop();
        assertThat(SERVER.brokenTables()).isEmpty();
        SERVER.start();
        assertThat(load.checkDeliveriesTo(nina) + load.checkDeliveriesTo(bob)).as("nothing is delivered again").isEqualTo(duplicates);
        SERVER.crash();
    }
}
