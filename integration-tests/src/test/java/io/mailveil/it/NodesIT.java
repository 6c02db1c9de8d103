package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PostgreSql;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/**
 * Two servers, each a process with a queue of its own, on one PostgreSQL and one keyset: they answer as one (DESIGN.md section 3). James's
 * own users, domains and rewrite table are in the same database.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesIT {
    private static final PostgreSql DATABASE = new PostgreSql();

    @RegisterExtension
    static final TestServer FIRST = TestServer.onDatabase("node-1", DATABASE);
    private static final TestServer SECOND = FIRST.node("node-2");

    @BeforeAll
    static void startBothAtOnceOnAnEmptyDatabase() {
        FIRST.startSoon();
        SECOND.startSoon();
        FIRST.started();
        SECOND.started();
    }

    @AfterEach
    void secondNodeKeepsNothing() {
        SECOND.settle();
        for (String repository : List.of(TestServer.HELD, TestServer.REFUSED, TestServer.ADDRESS_ERROR)) {
            assertThat(SECOND.mailsIn(repository)).as(repository).isEmpty();
        }
    }

    @AfterAll
    static void stop() {
        SECOND.crash();
        FIRST.crash();
        DATABASE.close();
    }

    @Test
    @Order(1)
    void conversationShouldGoThroughWhicheverNode(World world) {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice, nina);

        Person.Sent question = carol.at(SECOND).writesTo(info, "By the second node");
        Received received = alice.receives("By the second node");
        String ninas = nina.receives("By the second node").address("From");
        alice.repliesTo(received, "By the first node");
        Received answer = carol.receives("By the first node");
        carol.writesTo(info, "Thanks");

        assertThat(answer.address("From")).isEqualTo(info.address());
        assertThat(answer.ids("In-Reply-To")).containsExactly(question.id());
        assertThat(alice.receives("Thanks").address("From")).isEqualTo(received.address("From"));
        assertThat(nina.receives("Thanks").address("From")).isEqualTo(ninas);
    }

    @Test
    @Order(2)
    void newCorrespondentShouldGetOnePhantomWhenWritingToBothNodesAtOnce(World world) throws Exception {
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", nina);
        int rounds = 10;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < rounds; round++) {
                Person stranger = world.outsider("stranger" + round, "faraway.test");
                CyclicBarrier together = new CyclicBarrier(2);
                List<Future<?>> both = List.of(FIRST, SECOND).stream().<Future<?>>map(node -> threads.submit(() -> {
                    together.await();
                    return stranger.at(node).writesTo(info, "At once");
                })).toList();
                for (Future<?> one : both) {
                    one.get();
                }
                List<Received> mails = nina.receivesSeveral(2);
                assertThat(mails.get(0).address("From")).isEqualTo(mails.get(1).address("From"));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(info.phantomsOf(nina)).hasSize(rounds);
    }

    @Test
    @Order(3)
    void changeMadeOnOneNodeShouldBeObeyedByTheOtherAtOnce(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.at(SECOND).writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));

        info.change(alice, "{\"replies\": false}");
        answersAtTheSecondNode(alice, world.text("{x}"), "550 5.7.1 Replies are not allowed for this address");
        info.change(alice, "{\"replies\": true}");
        answersAtTheSecondNode(alice, world.text("{x}"), "250");

        info.change(alice, "{\"forwarding\": false}");
        atTheSecondNode(world, "c -> MAIL FROM:<{carol}>\nc <- 250\nc -> RCPT TO:<{info}>\nc <- 550 5.2.1");
        info.change(alice, "{\"forwarding\": true}");

        world.webAdmin().delete("/mailveil/phantoms/" + world.text("{x}")).is(204);
        answersAtTheSecondNode(alice, world.text("{x}"), "550 5.1.1");
        world.webAdmin().delete(info.path()).is(204);
        atTheSecondNode(world, "c -> MAIL FROM:<{carol}>\nc <- 250\nc -> RCPT TO:<{info}>\nc <- 550 5.1.1");
    }

    @Test
    @Order(4)
    void nodeWithKeysOfItsOwnShouldNotStart() throws Exception {
        TestServer stranger = FIRST.node("node-3").set("keyset", "mailveil.keyset");
        TestServer.FailedStart withoutKeys = stranger.startInVain();
        Path made = stranger.folder().resolve("conf").resolve("mailveil.keyset");

        assertThat(withoutKeys.exitCode()).isEqualTo(78);
        assertThat(withoutKeys.errors().lines()).singleElement().asString().contains(made.toString()).contains("missing");
        assertThat(Files.exists(made)).isFalse();
    }

    @Test
    @Order(5)
    void oneNodeShouldGoOnWhenTheOtherIsKilled(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.at(SECOND).writesTo(info, "Before");
        Received before = alice.receives("Before");

        SECOND.crash();
        carol.writesTo(info, "Alone");
        assertThat(alice.receives("Alone").address("From")).isEqualTo(before.address("From"));
        info.change(alice, "{\"anonymize\": true}");
        alice.repliesTo(before, "Answer");
        carol.receives("Answer");

        SECOND.start();
        carol.at(SECOND).writesTo(info, "Together again");
        assertThat(alice.receives("Together again").address("From")).isEqualTo(before.address("From"));
    }

    @Test
    @Order(6)
    void keyThatOneNodeRotatedShouldBeTheOneOfTheOtherToo(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.at(SECOND).writesTo(info, "Before");
        Received before = alice.receives("Before");
        String old = key(before.address("From"));

        JsonNode done = world.webAdmin().await(world.webAdmin().post("/mailveil/keys/rotate", "").task());

        assertThat(done.path("status").asText()).as(done.toString()).isEqualTo("completed");
        assertThat(key(before.address("From"))).isNotEqualTo(old);
        dave.at(SECOND).writesTo(info, "New");
        assertThat(key(alice.receives("New").address("From"))).isEqualTo(key(before.address("From")));
        alice.at(SECOND).repliesTo(before, "Answer");
        carol.receives("Answer");
        carol.at(SECOND).writesTo(info, "After");
        assertThat(alice.receives("After").address("From")).isEqualTo(before.address("From"));
        assertThat(SECOND.health()).isEqualTo("healthy");
    }

    /** Which at-rest key seals whom a phantom address stands for. */
    private static String key(String phantom) {
        return DATABASE.query("SELECT encode(substring(correspondent FROM 1 FOR 5), 'hex') FROM mailveil.phantom WHERE local_part = '"
            + Person.localPart(phantom) + "'").get(0);
    }

    @Test
    @Order(7)
    void importOnOneNodeShouldBeServedByTheOtherAtOnce(World world) {
        TestServer elsewhere = TestServer.inFolder("node-elsewhere").start();
        World there = World.on(elsewhere);
        Person alice = there.staff("alice");
        Person carol = there.outsider("carol");
        PublicAddress info = there.publicAddress("info", alice);
        carol.writesTo(info, "There");
        String phantom = alice.receives("There").address("From");
        String export = there.webAdmin().post("/mailveil/export", "{\"passphrase\":\"correct horse battery\"}").is(200).body();
        elsewhere.crash();
        Person hers = world.like(alice);
        Person his = world.like(carol);
        Person dave = world.outsider("dave", "faraway.test");
        WebAdmin admin = world.webAdmin();
        admin.get("/mailveil/publicAddresses").is(200).json().forEach(address ->
            admin.delete("/mailveil/publicAddresses/" + address.asText()).is(204));

        admin.send("POST", "/mailveil/import", export, "Content-Type", "application/x-ndjson", "Mailveil-Passphrase",
            "correct horse battery").is(200);

        answersAtTheSecondNode(hers, phantom, "250");
        hers.at(SECOND).writesLoggedInTo(phantom, "To the phantom of the other installation");
        his.receives("To the phantom of the other installation");
        his.at(SECOND).writesTo(info.address(), "Here");
        assertThat(hers.receives("Here").address("From")).isEqualTo(phantom);
        dave.at(SECOND).writesTo(info.address(), "New here");
        hers.repliesTo(hers.receives("New here"), "By the first node");
        dave.receives("By the first node");
        assertThat(List.of(FIRST.health(), SECOND.health())).containsOnly("healthy");
    }

    private static void answersAtTheSecondNode(Person member, String phantom, String answer) {
        try (Smtp smtp = Smtp.hello(SECOND.port("submission")).login(member.address(), Person.PASSWORD)) {
            smtp.say("MAIL FROM:<" + member.address() + ">", "250").say("RCPT TO:<" + phantom + ">", answer);
        }
    }

    private static void atTheSecondNode(World world, String script) {
        try (Smtp smtp = Smtp.hello(SECOND.port("smtp"))) {
            smtp.dialogue(world.text(script));
        }
    }
}
