package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;

/** What phantom addresses are like, and of what use to whom (rows S1 to S8 and S13). */
@ExtendWith(SharedServer.class)
class PhantomsIT {
    @Test
    void senderShouldBecomeAPhantomAndKeepTheDisplayName(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);

        carol.writesTo(info, "Hello");

        Received hello = alice.receives("Hello");
        assertThat(hello.header("From")).matches("Carol Smith <[a-z2-7]{26}@company\\.test>");
        assertThat(hello.address("To")).isEqualTo(info.address());
        assertThat(new String(hello.body())).isEqualTo("Hello, says the text.\r\n");
    }

    @Test
    void phantomShouldBeTheSameWhenTheSameSenderWritesAgainInAnyCase(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "One");
        String phantom = alice.receives("One").address("From");

        carol.sends("From: " + carol.address().toUpperCase(Locale.ROOT) + "\nTo: {info}\nSubject: Two\n\nText.\n", "{info}");

        assertThat(alice.receives("Two").address("From")).isEqualTo(phantom);
        assertThat(info.phantomsOf(alice)).containsExactly(phantom);
    }

    @Test
    void phantomShouldDifferWhenMemberOrPublicAddressDiffers(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        PublicAddress sales = world.publicAddress("sales", alice);

        carol.writesTo(info, "To info");
        carol.writesTo(sales, "To sales");

        List<Received> alices = alice.receivesSeveral(2);
        assertThat(List.of(alices.get(0).address("From"), alices.get(1).address("From"), bob.receives("To info").address("From")))
            .doesNotHaveDuplicates();
    }

    @Test
    void memberShouldReachTheSenderByAnswerAndByNewMailInAnyCase(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");

        alice.repliesTo(hello, "An answer");
        carol.receives("An answer");
        alice.writesLoggedInTo(hello.address("From"), "A new mail");
        Received news = carol.receives("A new mail");
        alice.writesLoggedInTo(hello.address("From").toUpperCase(Locale.ROOT), "SHOUTED");
        carol.receives("SHOUTED");

        assertThat(news.header("From")).isEqualTo("The Company <" + info + ">");
        assertThat(news.address("To")).isEqualTo(carol.address());
    }

    @Test
    void phantomShouldBeOfNoUseToAnybodyElse(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        Person mallory = world.outsider("mallory");
        PublicAddress info = world.publicAddress("info", alice, bob);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));
        bob.receives("Hello");

        world.submission(bob, """
            another member
            c -> MAIL FROM:<{bob}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1 You are not allowed to write to this address
            """);
        world.submission(mallory, """
            somebody with an account
            c -> MAIL FROM:<{mallory}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1 You are not allowed to write to this address
            who cannot give alice's address either
            c -> RSET
            c <- 250
            c -> MAIL FROM:<{alice}>
            c <- 503 5.7.1
            """);
        world.internet("""
            a stranger outside
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{mallory}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1 You are not allowed to write to this address
            c -> RSET
            c <- 250
            with the forged address of the member
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            c -> RSET
            c <- 250
            the person behind it, who has seen it somewhere
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            c -> RSET
            c <- 250
            nobody at all
            c -> MAIL FROM:<>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            c -> QUIT
            c <- 221
            """);
    }

    @Test
    void inventedPhantomShouldBeAnUnknownUser(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        world.call("invented", "abcdefghijklmnopqrstuvwxyz@company.test");

        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{invented}>
            c <- 550 5.1.1 Unknown user: {invented}
            c -> QUIT
            c <- 221
            """);
        assertThat(info.phantomsOf(alice)).isEmpty();
    }

    @Test
    void replyShouldLeaveFromThePublicAddressThatTheMailCameTo(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress first = world.publicAddress("first", alice);
        PublicAddress second = world.publicAddress("second", alice);
        PublicAddress third = world.publicAddress("third", alice);
        for (PublicAddress address : List.of(first, second, third)) {
            carol.writesTo(address, "To " + address);
            alice.repliesTo(alice.receives("To " + address), "From " + address);
            assertThat(carol.receives("From " + address).address("From")).isEqualTo(address.address());
        }
    }

    @Test
    void oneMailToTwoPublicAddressesShouldReachTheMemberOncePerAddress(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        PublicAddress sales = world.publicAddress("sales", alice);

        carol.sends("From: Carol <{carol}>\nTo: {info}, {sales}\nSubject: Both\n\nText.\n", "{info}", "{sales}");

        List<Received> both = alice.receivesSeveral(2);
        assertThat(both.get(0).address("From")).isNotEqualTo(both.get(1).address("From"));
        assertThat(both).allSatisfy(mail -> assertThat(mail.addresses("To")).containsExactly(info.address(), sales.address()));
    }

    @Test
    void unprovenAndLoggedInWritersShouldGetDifferentPhantoms(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        PublicAddress info = world.publicAddress("info", alice);

        bob.writesLoggedInTo(info.address(), "Logged in");
        Received proven = alice.receives("Logged in");
        Person carol = world.outsider("carol");
        carol.sends("From: Bob <{bob}>\nTo: {info}\nSubject: Forged\n\nText.\n", "{info}");
        Received forged = alice.receives("Forged");

        assertThat(proven.header("X-Mailveil-Sender")).isEqualTo("pass");
        assertThat(forged.header("X-Mailveil-Sender")).isEqualTo("none");
        assertThat(forged.address("From")).isNotEqualTo(proven.address("From"));
    }

    @Test
    void memberWhoWritesToAPhantomOfHisOwnAsPublicAddressShouldReachTheSender(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));

        world.submission(alice, """
            c -> MAIL FROM:<{info}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 250
            c -> DATA
            c <- 354
            c -> From: {info}
            c -> To: {x}
            c -> Subject: As the company
            c -> \s
            c -> .
            c <- 250
            """);

        assertThat(carol.receives("As the company").address("From")).isEqualTo(info.address());
    }
}
