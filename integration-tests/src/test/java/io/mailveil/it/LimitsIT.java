package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** What is too much is asked to come later (the last row of the table in DESIGN.md section 7), and what goes in circles ends. */
class LimitsIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("limits")
        .set("limits.messages.correspondent", "6")
        .set("limits.messages.forward", "8")
        .set("limits.messages.user", "5")
        .set("limits.phantoms", "4")
        .set("limits.recipients", "3");

    private static String tries(Person from, PublicAddress to) {
        try (Smtp smtp = Smtp.hello(SERVER.port("smtp"))) {
            smtp.say("MAIL FROM:<" + from + ">", "250");
            String rcpt = smtp.ask("RCPT TO:<" + to + ">");
            return rcpt.startsWith("250")
                ? smtp.data(from.octets("From: " + from + "\nTo: " + to + "\nSubject: Flood\n\nText.\n")) : rcpt;
        }
    }

    @Test
    void floodedForwardShouldNotDelayAnother(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol", "faraway.test");
        Person dave = world.outsider("dave", "elsewhere.test");
        Person erin = world.outsider("erin", "elsewhere.test");
        PublicAddress flooded = world.publicAddress("flooded", alice);
        PublicAddress quiet = world.publicAddress("quiet", bob);

        for (int i = 0; i < 6; i++) {
            assertThat(tries(carol, flooded)).startsWith("250");
        }
        // carol has had her share, and then the forward has
        assertThat(tries(carol, flooded)).startsWith("450 4.7.1");
        assertThat(tries(dave, flooded)).startsWith("250");
        assertThat(tries(dave, flooded)).startsWith("250");
        assertThat(tries(erin, flooded)).startsWith("450 4.7.1");

        erin.writesTo(quiet, "In between");
        bob.receives("In between");
        alice.receivesSeveral(8);
        world.webAdmin().get("/metrics").is(200);
    }

    @Test
    void memberShouldNotMeetTooManyStrangersInAnHour(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        Person first = world.outsider("first", "faraway.test");
        assertThat(tries(first, info)).startsWith("250");
        alice.receives("Flood");
        for (String name : new String[] {"second", "third", "fourth"}) {
            assertThat(tries(world.outsider(name, "faraway.test"), info)).startsWith("250");
            alice.receives("Flood");
        }

        assertThat(tries(world.outsider("fifth", "faraway.test"), info)).startsWith("450 4.7.1");
        assertThat(tries(first, info)).startsWith("250");
        alice.receives("Flood");
    }

    @Test
    void userShouldHaveALimitAndAMessageSoManyRecipients(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        Person carol = world.outsider("carol", "faraway.test");
        carol.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");
        world.call("x", hello.address("From"));
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 250
            c -> RCPT TO:<one@elsewhere.test>
            c <- 250
            c -> RCPT TO:<two@elsewhere.test>
            c <- 250
            c -> RCPT TO:<three@elsewhere.test>
            c <- 452 4.5.3
            c -> RSET
            c <- 250
            """);

        for (int i = 0; i < 5; i++) {
            alice.repliesTo(hello, "Answer");
            carol.receives("Answer");
        }
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 450 4.7.1
            """);
    }

    @Test
    void mailThatAMembersMailboxForwardsBackShouldEnd(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");

        // by a rule of her provider: with the envelope as it came, and with her own
        for (String sender : new String[] {hello.envelopeSender(), nina.address()}) {
            try (Smtp smtp = Smtp.hello(SERVER.port("smtp"))) {
                smtp.say("MAIL FROM:<" + sender + ">", "250").say("RCPT TO:<" + info + ">", "250");
                assertThat(smtp.data(hello.raw())).startsWith("554 5.4.6");
            }
        }
    }
}
