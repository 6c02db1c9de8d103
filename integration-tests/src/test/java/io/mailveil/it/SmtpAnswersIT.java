package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** Who may say what to whom: the table of DESIGN.md section 7, and the refusals of section 11. */
@ExtendWith(SharedServer.class)
class SmtpAnswersIT {
    @ParameterizedTest
    @ValueSource(strings = {
        "nobody@company.test",
        "abcdefghijklmnopqrstuvwxyz@company.test",
        "f.abcdefghijklmnopqrstuvwxyz.aaabbbbbbbb@company.test",
        "r.abcdefghijklmnopqrstuvwxyz@company.test",
        "nobody@staff.test",
        "abcdefghijklmnopqrstuvwxyz@staff.test",
        "nobody@world.test"
    })
    void everybodyWhoIsNotThereShouldBeRefusedInTheSameWords(String address, World world) {
        world.outsider("carol");
        world.call("address", address);
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{address}>
            c <- 550 5.1.1 Unknown user: {address}
            """);
    }

    @Test
    void routeOfAPublicAddressShouldBeAnUnknownUser(World world) {
        Person alice = world.staff("alice");
        world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        String route = world.webAdmin().get("/mappings/user/" + info).json().path(0).path("mapping").asText();
        assertThat(route).startsWith("r.").endsWith("@company.test");
        world.call("route", route);

        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{route}>
            c <- 550 5.1.1 Unknown user: {route}
            """);
    }

    @Test
    void mailShouldBeThroughTheChainWhenTheClientHearsThatItWasTaken(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);

        for (int i = 1; i <= 3; i++) {
            carol.writesTo(info, "At once " + i);
            assertThat(alice.unreadCount()).isOne();
            alice.receives("At once " + i);
        }
    }

    @Test
    void internetSideShouldNeitherOfferNorTakeALogin(World world) {
        Person alice = world.staff("alice");
        String token = Base64.getEncoder().encodeToString(("\0" + alice + "\0demo").getBytes());
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            assertThat(smtp.ask("AUTH PLAIN " + token)).doesNotStartWith("235").doesNotStartWith("334");
            assertThat(smtp.ask("AUTH LOGIN")).doesNotStartWith("235").doesNotStartWith("334");
        }
    }

    @Test
    void internetSideShouldNotRelay(World world) {
        world.outsider("carol");
        world.outsider("dave", "faraway.test");
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{dave}>
            c <- 550 5.7.1
            """);
    }

    @Test
    void submissionShouldAskForALogin(World world) {
        Person alice = world.staff("alice");
        world.publicAddress("info", alice);
        world.outsider("carol");
        try (Smtp smtp = Smtp.hello(world.server().port("submission"))) {
            String mail = smtp.ask("MAIL FROM:<" + alice + ">");
            String rcpt = mail.startsWith("250") ? smtp.ask(world.text("RCPT TO:<{info}>")) : mail;
            assertThat(rcpt).startsWith("530");
        }
    }

    @Test
    void loggedInUserShouldGiveHisOwnAddressOrAPublicAddressOfHisAsSender(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        world.publicAddress("info", alice);
        world.publicAddress("press", bob);
        world.outsider("carol");

        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RSET
            c <- 250
            c -> MAIL FROM:<{info}>
            c <- 250
            c -> RSET
            c <- 250
            c -> MAIL FROM:<{bob}>
            c <- 503 5.7.1
            c -> MAIL FROM:<{press}>
            c <- 503 5.7.1
            c -> MAIL FROM:<{carol}>
            c <- 503 5.7.1
            c -> MAIL FROM:<whoever@faraway.test>
            c <- 503 5.7.1
            """);
    }

    @Test
    void insideAddressShouldBeRefusedAsSenderFromTheInternet(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));
        bob.receives("Hello");

        world.internet("""
            c -> EHLO mail.staff.test
            c <- 250
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{info}>
            c <- 550 5.7.1
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            c -> RCPT TO:<{bob}>
            c <- 550 5.7.1
            c -> RCPT TO:<{carol}>
            c <- 550 5.7.1
            c -> RCPT TO:<dave@faraway.test>
            c <- 550 5.7.1
            """);
    }

    @Test
    void correspondentShouldBeRefusedWhenBlockedForAllAndSkippedWhenBlockedForSome(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        carol.writesTo(info, "Buy now");
        String alices = world.call("alices", alice.receives("Buy now").address("From"));
        String bobs = bob.receives("Buy now").address("From");

        world.webAdmin().patch("/mailveil/phantoms/" + alices, "{\"blocked\": true}").is(204);
        carol.writesTo(info, "Still cheap");
        bob.receives("Still cheap");
        alice.receivesNothing();
        world.submission(alice, """
            to the blocked one nothing can be written either
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{alices}>
            c <- 550 5.7.1
            """);

        world.webAdmin().patch("/mailveil/phantoms/" + bobs, "{\"blocked\": true}").is(204);
        String refused = """
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{info}>
            c <- %s
            """;
        world.internet(refused.formatted("550 5.7.1"));

        world.webAdmin().patch("/mailveil/phantoms/" + bobs, "{\"blocked\": false}").is(204);
        world.internet(refused.formatted("250"));
    }

    @Test
    void blockedPersonShouldBeBlockedByFromAsWell(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        Person list = world.outsider("list");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Buy now");
        world.webAdmin().patch("/mailveil/phantoms/" + alice.receives().address("From"), "{\"blocked\": true}").is(204);

        assertThat(list.triesToSend("From: Carol <{carol}>\nTo: {info}\nSubject: Again\n\nText.\n", "{info}"))
            .startsWith("550 5.7.1 Your mail is not accepted at this address");

        alice.receivesNothing();
    }

    @Test
    void mailShouldBeRefusedWhenItHasBeenHereBefore(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Once");
        Received once = alice.receives("Once");

        String mark = once.header("X-Mailveil-Loop");
        assertThat(carol.triesToSend("X-Mailveil-Loop: " + mark + "\nFrom: {carol}\nTo: {info}\nSubject: Twice\n\nText.\n", "{info}"))
            .startsWith("554 5.4.6");

        alice.receivesNothing();
        carol.receivesNothing();
    }

    @Test
    void mailShouldBeRefusedWhenItHasMoreThanTwentyMarks(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Once");
        String foreign = alice.receives("Once").header("X-Mailveil-Loop").replaceFirst("..$", "aa");

        String far = ("X-Mailveil-Loop: " + foreign + "\n").repeat(21) + "From: {carol}\nTo: {info}\nSubject: Far\n\nText.\n";
        assertThat(carol.triesToSend(far, "{info}")).startsWith("554 5.4.6");

        alice.receivesNothing();
    }

    @Test
    void newMailShouldBeRefusedWhenItIsFromAPublicAddressWithoutReplies(World world) {
        Person alice = world.staff("alice");
        Person dave = world.outsider("dave", "faraway.test");
        world.publicAddress("info", alice);
        PublicAddress press = world.publicAddress("press", alice);
        press.change(alice, "{\"replies\": false}");

        // only the message tells which of her addresses she writes as
        assertThat(alice.triesToSubmit("From: {press}\nTo: {dave}\nSubject: News\n\nText.\n", "{dave}"))
            .startsWith("550 5.7.1 Replies are not allowed for this address");
        dave.receivesNothing();
        alice.submits("From: {info}\nTo: {dave}\nSubject: News\n\nText.\n", "{dave}");
        dave.receives("News");
    }

    @Test
    void forgedFromShouldNotTellWhoIsBehindAPublicAddress(World world) {
        Person phone = world.remoteMember("phone", "carrier.test");
        Person mallory = world.outsider("mallory");
        world.publicAddress("info", phone);

        // whoever is guessed right or wrong, the answer is the same; nobody gets his own mail
        assertThat(mallory.triesToSend("From: {phone}\nTo: {info}\nSubject: Are you there?\n\nText.\n", "{info}")).startsWith("250");
        world.expectKept(TestServer.REFUSED, 1);
        phone.receivesNothing();
        mallory.receivesNothing();
    }

    @Test
    void refusalAtTheEndOfAMessageShouldBeForAllItsRecipientsOrNone(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        world.publicAddress("sales", bob);
        carol.writesTo(info, "Once");
        String again = "X-Mailveil-Loop: " + alice.receives("Once").header("X-Mailveil-Loop")
            + "\nFrom: {carol}\nTo: {info}, {sales}\nSubject: Twice\n\nText.\n";

        assertThat(carol.triesToSend(again, "{info}", "{sales}")).startsWith("250");

        bob.receives("Twice");
        world.expectKept(TestServer.REFUSED, 1);
        alice.receivesNothing();
        carol.receivesNothing();
    }

    @Test
    void connectionShouldLiveOnAfterARefusalAtTheEndOfAMessage(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Once");
        String mark = alice.receives("Once").header("X-Mailveil-Loop");

        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.say("MAIL FROM:<" + carol + ">", "250").say("RCPT TO:<" + info + ">", "250");
            assertThat(smtp.data(carol.octets("X-Mailveil-Loop: " + mark + "\nFrom: {carol}\nSubject: Twice\n\nText.\n")))
                .startsWith("554 5.4.6");
            smtp.say("MAIL FROM:<" + carol + ">", "250").say("RCPT TO:<" + info + ">", "250");
            assertThat(smtp.data(carol.octets("From: {carol}\nTo: {info}\nSubject: Another\n\nText.\n"))).startsWith("250");
        }
        alice.receives("Another");
    }
}
