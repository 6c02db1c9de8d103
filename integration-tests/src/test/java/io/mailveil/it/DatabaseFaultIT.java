package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Load;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PostgreSql;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * PostgreSQL goes away in the middle of load and comes back, after {@code mailveil.outage} seconds: five in {@code ./mvnw verify}, twenty
 * by {@code ./mvnw -Pfaults -Dit.test=DatabaseFaultIT}. Everything of James's and Mailveil's is in that database, except for the queue.
 */
class DatabaseFaultIT {
    private static final int OUTAGE = Integer.getInteger("mailveil.outage", 5);
    private static final PostgreSql DATABASE = new PostgreSql();

    @RegisterExtension
    static final TestServer SERVER = TestServer.onDatabase("no-database", DATABASE);

    @AfterAll
    static void stop() {
        SERVER.crash();
        DATABASE.close();
    }

    @Test
    void acceptedMailShouldComeWhenTheDatabaseGoesAwayAndComesBack(World world) throws Exception {
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", nina);

        Load load = Load.on(SERVER, info, 4);
        try (load) {
            await().until(() -> load.acceptedSoFar() > 50);
            DATABASE.goAway();
            TimeUnit.SECONDS.sleep(OUTAGE);
            assertThat(SERVER.health()).isEqualTo("unhealthy");
            DATABASE.comeBack();
            int before = load.acceptedSoFar();
            await("mail is taken again").atMost(Duration.ofMinutes(1)).until(() -> load.acceptedSoFar() > before + 50);
        }
        System.out.printf("database away for %d s: answers %s, held %d%n", OUTAGE, load.answers(), SERVER.mailsIn(TestServer.HELD).size());
        assertThat(load.answers().keySet()).contains("451").isSubsetOf("250", "451");
        SERVER.settle();
        if (!SERVER.mailsIn(TestServer.HELD).isEmpty()) {
            SERVER.reprocess(TestServer.HELD);
        }

        load.checkDeliveriesTo(nina);
        assertThat(SERVER.health()).isEqualTo("healthy");
        assertThat(SERVER.mailsIn("error")).isEmpty();
        SERVER.crash();
    }
}
