package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.World;

/** The three switches of a forward, one by one, and what they do to mail that is under way (rows S9 to S12). */
@ExtendWith(SharedServer.class)
class SwitchesIT {
    @Test
    void repliesOffShouldLetMembersReadAndRefuseWhatTheyWrite(World world) {
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress press = world.publicAddress("press").add(bob, "{\"replies\": false}");

        carol.writesTo(press, "An interview?");
        world.call("x", bob.receives("An interview?").address("From"));

        world.submission(bob, """
            c -> MAIL FROM:<{bob}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1 Replies are not allowed for this address
            that address of the world, and as the press office: neither
            c -> RCPT TO:<{carol}>
            c <- 550 5.7.1 Replies are not allowed for this address
            c -> RSET
            c <- 250
            c -> MAIL FROM:<{press}>
            c <- 250
            c -> RCPT TO:<{carol}>
            c <- 550 5.7.1
            c -> QUIT
            c <- 221
            """);

        press.change(bob, "{\"replies\": true}");
        bob.writesLoggedInTo("{x}", "With pleasure");
        assertThat(carol.receives("With pleasure").address("From")).isEqualTo(press.address());
    }

    @Test
    void reasonShouldBeToldToTheOwnerOnlyWhenRepliesAreOff(World world) {
        Person bob = world.staff("bob");
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress press = world.publicAddress("press").add(bob, "{\"replies\": false}");
        carol.writesTo(press, "An interview?");
        world.call("x", bob.receives().address("From"));

        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1 You are not allowed to write to this address
            c -> QUIT
            c <- 221
            """);
    }

    @Test
    void forwardingOffShouldLeaveRepliesAsTheyAre(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");

        info.change(alice, "{\"forwarding\": false}");

        alice.repliesTo(hello, "Re: Hello");
        carol.receives("Re: Hello");
    }

    @Test
    void anonymizeOffShouldShowTheWriterAndStillTakeTheAnswerThroughTheGateway(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        alice.knows(carol);
        PublicAddress info = world.publicAddress("info").add(alice, "{\"anonymize\": false}");

        carol.writesTo(info, "Hello");

        Received hello = alice.receives("Hello");
        assertThat(hello.header("From")).matches("\"Carol Smith \\(" + carol + "\\)\" <[a-z2-7]{26}@company\\.test>");
        assertThat(hello.text()).doesNotContain("DKIM-Signature").doesNotContain("X-Originating-User");
        alice.repliesTo(hello, "Re: Hello");
        assertThat(carol.receives("Re: Hello").address("From")).isEqualTo(info.address());
    }

    @Test
    void phantomShouldStayTheSameWhenAnonymizeIsTurnedOffAndOn(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "One");
        String phantom = alice.receives("One").address("From");

        info.change(alice, "{\"anonymize\": false}");
        alice.knows(carol);
        carol.writesTo(info, "Two");

        assertThat(alice.receives("Two").address("From")).isEqualTo(phantom);
    }

    @Test
    void deletedForwardShouldMakeItsPhantomsUnknownForGood(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        world.publicAddress("sales", alice);
        carol.writesTo(info, "Hello");
        String old = world.call("x", alice.receives("Hello").address("From"));
        bob.receives("Hello");

        info.remove(alice);

        String refused = """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.1.1 Unknown user: {x}
            just as for somebody who never was
            c -> RCPT TO:<nobody@company.test>
            c <- 550 5.1.1 Unknown user: nobody@company.test
            c -> QUIT
            c <- 221
            """;
        world.submission(alice, refused);

        // adding the same pair again is a new forward: nothing comes back to life
        info.add(alice);
        world.submission(alice, refused);
        carol.writesTo(info, "Hello again");
        assertThat(alice.receives("Hello again").address("From")).isNotEqualTo(old);
        bob.receives("Hello again");
    }

    @Test
    void deletedPublicAddressShouldBeUnknownAndMakeItsPhantomsUnknown(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));

        world.webAdmin().delete(info.path()).is(204);

        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{info}>
            c <- 550 5.1.1 Unknown user: {info}
            c -> RCPT TO:<{x}>
            c <- 550 5.1.1 Unknown user: {x}
            c -> QUIT
            c <- 221
            """);
    }

    @Test
    void mailThatWasAnnouncedBeforeShouldNotBeForwardedWhenForwardingIsTurnedOff(World world) {
        Person alice = world.staff("alice");
        Person phone = world.remoteMember("phone", "carrier.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, phone);

        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.dialogue(world.text("""
                c -> MAIL FROM:<{carol}>
                c <- 250
                c -> RCPT TO:<{info}>
                c <- 250
                c -> DATA
                c <- 354
                """));
            info.change(phone, "{\"forwarding\": false}");
            assertThat(smtp.content(carol.octets("""
                From: Carol <{carol}>
                To: {info}
                Subject: Under way

                Text.
                """))).startsWith("250");
        }

        alice.receives("Under way");
        phone.receivesNothing();
    }

    @Test
    void mailThatWasAnnouncedBeforeShouldBeRefusedAtItsEndWhenNobodyIsLeft(World world) {
        Person phone = world.remoteMember("phone", "carrier.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", phone);

        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.dialogue(world.text("""
                c -> MAIL FROM:<{carol}>
                c <- 250
                c -> RCPT TO:<{info}>
                c <- 250
                c -> DATA
                c <- 354
                """));
            info.change(phone, "{\"forwarding\": false}");
            assertThat(smtp.content(carol.octets("From: Carol <{carol}>\nTo: {info}\nSubject: Under way\n\nText.\n")))
                .startsWith("550 5.2.1");
        }

        phone.receivesNothing();
        carol.receivesNothing();
    }

    @Test
    void nothingAcceptedAfterTheAnswerToPatchShouldBeForwardedWhileManyWrite(World world) throws Exception {
        Person phone = world.remoteMember("phone", "carrier.test");
        Person desk = world.staff("desk");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", phone, desk);
        AtomicBoolean off = new AtomicBoolean();

        ExecutorService writers = Executors.newFixedThreadPool(4);
        List<String> late = new ArrayList<>();
        int accepted = 0;
        try {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String prefix = "writer " + i + " mail ";
                results.add(writers.submit(() -> writeUntilSomeTimeAfter(off, world, carol, info, prefix)));
            }
            while (world.server().sink().countFor(phone) == 0) {
                Thread.onSpinWait();
            }
            info.change(phone, "{\"forwarding\": false}");
            off.set(true);
            for (Future<List<String>> result : results) {
                accepted += result.get().size();
                late.addAll(result.get().stream().filter(subject -> subject.endsWith("late")).toList());
            }
        } finally {
            writers.shutdownNow();
        }

        assertThat(late).isNotEmpty();
        world.server().settle();
        List<String> subjects = phone.receivesSeveral(world.server().sink().countFor(phone)).stream()
            .map(received -> received.header("Subject")).toList();
        assertThat(subjects).isNotEmpty().doesNotHaveDuplicates().noneMatch(subject -> subject.endsWith("late"));
        assertThat(desk.receivesSeveral(accepted)).extracting(received -> received.header("Subject"))
            .doesNotHaveDuplicates().containsAll(late);
    }

    /** Ten more after the switch, called late, whose DATA was begun when the answer to PATCH was there. */
    private static List<String> writeUntilSomeTimeAfter(AtomicBoolean off, World world, Person carol, PublicAddress info, String prefix) {
        List<String> subjects = new ArrayList<>();
        int late = 0;
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            while (late < 10) {
                boolean isLate = off.get();
                String subject = prefix + subjects.size() + (isLate ? " late" : "");
                late += isLate ? 1 : 0;
                smtp.say("MAIL FROM:<" + carol + ">", "250").say("RCPT TO:<" + info + ">", "250");
                assertThat(smtp.data(carol.octets("From: Carol <{carol}>\nTo: {info}\nSubject: " + subject + "\n\nText.\n")))
                    .startsWith("250");
                subjects.add(subject);
            }
        }
        return subjects;
    }
}
