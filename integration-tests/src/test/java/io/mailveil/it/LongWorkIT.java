package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PostgreSql;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/**
 * Administration where a test needs a hand on the database to see it: a task that is stopped half-way, retention after months, an audit
 * that cannot be written. On PostgreSQL, since Derby lets nobody else in.
 */
class LongWorkIT {
    private static final PostgreSql DATABASE = new PostgreSql();
    /** More than Mailveil seals in one go. */
    private static final int MANY = 1200;
    private static final int TERM = 30;

    @RegisterExtension
    static final TestServer SERVER = TestServer.onDatabase("long-work", DATABASE).set("retention.phantoms", Integer.toString(TERM));

    @AfterAll
    static void stop() {
        SERVER.crash();
        DATABASE.close();
    }

    /** One for each at-rest key in use: how many addresses it seals. */
    private static List<String> sealedByKey() {
        return DATABASE.query("SELECT COUNT(*) FROM mailveil.phantom WHERE correspondent IS NOT NULL"
            + " GROUP BY substring(correspondent FROM 1 FOR 5) ORDER BY COUNT(*)");
    }

    private static JsonNode rotate(WebAdmin admin, String body) {
        return admin.await(admin.post("/mailveil/keys/rotate", body).task());
    }

    @Test
    void stoppedKeyRotationShouldBeFinishedByAnotherWhileMailGoesOn(World world) throws Exception {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        makeMany(world.webAdmin(), info, alice);
        carol.writesTo(info, "Before");
        Received before = alice.receives("Before");
        WebAdmin admin = world.webAdmin();
        assertThat(sealedByKey()).hasSize(1);

        String task;
        try (Connection other = DATABASE.connect(); Statement statement = other.createStatement()) {
            // the task cannot get past its first thousand while this is held
            other.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM mailveil.phantom WHERE local_part = (SELECT MIN(local_part) FROM mailveil.phantom WHERE"
                + " local_part <> '" + Person.localPart(before.address("From")) + "') FOR UPDATE");
            task = admin.post("/mailveil/keys/rotate", "").task();
            await("the task waits").atMost(Duration.ofSeconds(30)).until(() -> !DATABASE.query(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE PHANTOM%'").isEmpty());
            alice.repliesTo(before, "While it works");
            carol.receives("While it works");

            admin.delete("/tasks/" + task).is(204);
            other.rollback();
        }
        JsonNode stopped = admin.await(task);
        assertThat(stopped.path("status").asText()).as(stopped.toString()).isEqualTo("canceled");
        await("the work has stopped").atMost(Duration.ofSeconds(30)).until(() -> DATABASE.query(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'UPDATE PHANTOM%' AND state <> 'idle'").isEmpty());
        assertThat(sealedByKey()).as("half-way").hasSize(2);
        carol.writesTo(info, "Half-way");
        assertThat(alice.receives("Half-way").address("From")).isEqualTo(before.address("From"));
        alice.repliesTo(before, "Half-way back");
        carol.receives("Half-way back");

        JsonNode resumed = rotate(admin, "{\"step\":\"seal\"}");
        assertThat(resumed.path("status").asText()).as(resumed.toString()).isEqualTo("completed");
        assertThat(resumed.path("additionalInformation").path("resealed").asLong()).isBetween(1L, (long) MANY);

        assertThat(sealedByKey()).hasSize(1);
        assertThat(rotate(admin, "{\"step\":\"seal\"}").path("additionalInformation").path("resealed").asLong()).isZero();
        carol.writesTo(info, "After");
        assertThat(alice.receives("After").address("From")).isEqualTo(before.address("From"));
        assertThat(SERVER.health()).isEqualTo("healthy");
        admin.delete(info.path()).is(204);
    }

    private static void makeMany(WebAdmin admin, PublicAddress info, Person member) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> made = IntStream.range(0, MANY).<Future<?>>mapToObj(i -> threads.submit(() -> admin.post("/mailveil/phantoms",
                "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"c%d@faraway.test\"}".formatted(info, member, i)).is(201)))
                .toList();
            for (Future<?> one : made) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void unusedPhantomsShouldBeForgottenAfterTheirTermAndOthersNot(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        Person dave = world.outsider("dave");
        Person erin = world.outsider("erin");
        Person frank = world.outsider("frank");
        PublicAddress info = world.publicAddress("info", alice);
        List<String> phantoms = Stream.of(carol, dave, erin, frank).map(person -> {
            person.writesTo(info, "Long ago");
            return alice.receives("Long ago").address("From");
        }).toList();
        String unused = phantoms.get(0);
        String written = phantoms.get(1);
        String recent = phantoms.get(2);
        String retired = phantoms.get(3);
        WebAdmin admin = world.webAdmin();
        admin.delete("/mailveil/phantoms/" + retired).is(204);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        lastUsed(unused, today.minusDays(TERM + 1));
        lastUsed(written, today.minusDays(TERM + 1));
        lastUsed(recent, today.minusDays(TERM - 1));
        lastUsed(retired, today.minusDays(TERM + 1));
        dave.writesTo(info, "Not so long ago");
        alice.receives("Not so long ago");
        String noted = "/mailveil/audit?action=retention";
        assertThat(admin.get(noted).is(200).json()).isEmpty();

        SERVER.crash();
        SERVER.start();
        await("the daily work").atMost(Duration.ofMinutes(1)).until(() -> !admin.get(noted).is(200).json().isEmpty());

        JsonNode entry = admin.get(noted).is(200).json();
        assertThat(entry).hasSize(1);
        assertThat(entry.path(0).path("who").asText()).isEqualTo("mailveil");
        assertThat(entry.path(0).path("detail").asText()).isEqualTo("1 phantom addresses unused since " + today.minusDays(TERM));
        admin.get("/mailveil/phantoms/" + unused).is(404);
        assertThat(info.phantomsOf(alice)).containsExactlyInAnyOrder(written, recent);
        world.call("unused", unused);
        world.call("retired", retired);
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{unused}>
            c <- 550 5.1.1
            c -> RCPT TO:<{retired}>
            c <- 550 5.1.1
            """);
        carol.writesTo(info, "Again");
        assertThat(alice.receives("Again").address("From")).as("comes back").isEqualTo(unused);
        frank.writesTo(info, "Me too");
        assertThat(alice.receives("Me too").address("From")).as("was retired for good").isNotEqualTo(retired);
    }

    private static void lastUsed(String phantom, LocalDate day) {
        assertThat(DATABASE.query("UPDATE mailveil.phantom SET last_used = DATE '%s' WHERE local_part = '%s' RETURNING local_part"
            .formatted(day, Person.localPart(phantom)))).hasSize(1);
    }

    @Test
    void nothingShouldBeToldOrChangedWhileTheAuditCannotBeWritten(World world) throws SQLException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");
        String phantom = "/mailveil/phantoms/" + hello.address("From");
        String person = "{\"correspondent\":\"" + carol + "\"}";
        WebAdmin admin = world.webAdmin();
        String before = admin.get(info.path()).is(200).body() + admin.get(phantom).is(200).body();

        DATABASE.execute("ALTER TABLE mailveil.audit RENAME TO audit_gone");
        try {
            List<WebAdmin.Answer> answers = List.of(
                admin.post(phantom + "/reveal", "{\"reason\":\"Nobody shall know\"}"),
                admin.post("/mailveil/correspondents/find", person),
                admin.post("/mailveil/correspondents/erase", person),
                admin.post("/mailveil/export", "{\"passphrase\":\"correct horse battery\"}"),
                admin.post("/mailveil/keys/rotate", ""),
                admin.patch(phantom, "{\"blocked\": true}"),
                admin.delete(phantom),
                admin.patch(info.path(alice), "{\"replies\": false}"),
                admin.put(info.path(), "{\"displayName\":\"Changed\"}"),
                admin.put("/mailveil/publicAddresses/new" + info, ""),
                admin.delete(info.path(alice)),
                admin.delete(info.path()));
            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.status()).isEqualTo(500);
                assertThat(answer.body()).doesNotContain(carol.address()).doesNotContain("Exception");
            });
            assertThat(admin.get(info.path()).is(200).body() + admin.get(phantom).is(200).body()).isEqualTo(before);
            carol.writesTo(info, "Mail does not wait for it");
            alice.repliesTo(alice.receives("Mail does not wait for it"), "Nor does the answer");
            carol.receives("Nor does the answer");
        } finally {
            DATABASE.execute("ALTER TABLE mailveil.audit_gone RENAME TO audit");
        }

        assertThat(admin.get("/mailveil/audit?subject=" + hello.address("From")).is(200).json()).isEmpty();
        assertThat(admin.get("/mappings").is(200).json().fieldNames()).toIterable().containsOnlyOnce(info.address())
            .doesNotContain("new" + info);
        assertThat(admin.post(phantom + "/reveal", "{\"reason\":\"Now it is written down\"}").is(200).body()).contains(carol.address());
        assertThat(admin.get("/mailveil/audit?subject=" + hello.address("From")).is(200).json()).hasSize(1);
    }
}
