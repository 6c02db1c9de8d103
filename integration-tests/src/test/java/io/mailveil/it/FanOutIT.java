package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** One mail, many members (row S14). */
@ExtendWith(SharedServer.class)
class FanOutIT {
    @Test
    void memberWhoWritesToHisOwnPublicAddressShouldReachTheOthersAsACorrespondent(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", alice, bob, nina);

        alice.writesLoggedInTo(info.address(), "To us all");

        assertThat(bob.receives("To us all").address("From")).endsWith("@company.test").isNotEqualTo(info.address());
        nina.receives("To us all");
        alice.receivesNothing();
    }

    @Test
    void memberShouldNotGetHisOwnMailBackWhenHeWritesFromElsewhere(World world) {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", alice, nina);

        nina.writesTo(info, "From my provider");

        alice.receives("From my provider");
        nina.receivesNothing();
    }

    @Test
    void onlyMemberShouldBeToldThatThereIsNobodyElse(World world) {
        Person alice = world.staff("alice");
        world.publicAddress("info", alice);

        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{info}>
            c <- 550 5.7.1
            """);
    }

    @Test
    void replyToAllShouldReachTheWriterAndTheOtherMembersOnce(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        carol.writesTo(info, "Question");
        Received question = alice.receives("Question");
        bob.receives("Question");

        alice.submits("""
            From: Alice <{alice}>
            To: %1$s
            Cc: {info}
            Subject: Answer to all

            Text.
            """.formatted(question.address("From")), question.address("From"), "{info}");

        assertThat(carol.receives("Answer to all").addresses("Cc")).containsExactly(info.address());
        Received bobs = bob.receives("Answer to all");
        assertThat(bobs.text()).doesNotContain(question.address("From"));
        alice.receivesNothing();
    }

    @Test
    void memberThatIsItselfAPublicAddressShouldPassTheMailOn(World world) {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress team = world.publicAddress("team", alice);
        PublicAddress info = world.publicAddress("info", nina);
        world.webAdmin().put(info.path() + "/members/" + team, "{}").is(204);

        carol.writesTo(info, "Through two");

        Received forAlice = alice.receives("Through two");
        nina.receives("Through two");

        // and back the same way
        alice.repliesTo(forAlice, "Back through two");
        assertThat(carol.receives("Back through two").address("From")).isEqualTo(info.address());
    }

    @Test
    void publicAddressesThatAreMembersOfEachOtherShouldNotGoRoundInCircles(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress one = world.publicAddress("one", alice);
        PublicAddress two = world.publicAddress("two", bob);
        world.webAdmin().put(one.path() + "/members/" + two, "{}").is(204);
        world.webAdmin().put(two.path() + "/members/" + one, "{}").is(204);

        carol.writesTo(one, "Round");

        // alice gets it directly, and once more by way of two; then the marks stop it
        bob.receives("Round");
        for (Received received : alice.receivesSeveral(alicesCopies(world, alice))) {
            assertThat(received.header("Subject")).isEqualTo("Round");
        }
    }

    private static int alicesCopies(World world, Person alice) {
        world.server().settle();
        int copies = alice.unreadCount();
        assertThat(copies).isBetween(1, 2);
        return copies;
    }

    @Test
    void othersShouldGetTheMailWhenTheServerOfOneRefusesIt(World world) {
        Person alice = world.staff("alice");
        Person full = world.remoteMember("full", "provider.test");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, full, nina);
        world.server().sink().refuse(full, "550 5.1.1 Nobody here");

        carol.writesTo(info, "To three");

        alice.receives("To three");
        nina.receives("To three");
        full.receivesNothing();
        // the others have it, so nobody needs to know
        carol.receivesNothing();
    }

    @Test
    void othersShouldGetTheMailAndTheRestShouldBeHeldWhenItCannotBeMadeForOne(World world) {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        // an address that a mobile carrier once handed out, and that James refuses to send to
        String odd = "odd..one@carrier.test";
        world.webAdmin().put(info.path() + "/members/" + odd, "{}").is(204);
        info.add(nina);

        carol.writesTo(info, "To three");

        alice.receives("To three");
        nina.receives("To three");
        world.expectKept(TestServer.HELD, 1);
        assertThat(world.server().health()).isEqualTo("unhealthy");

        // nobody is to be served any more: reprocessing serves nobody, and those who have it do not get it again
        world.webAdmin().delete(info.path() + "/members/" + odd).is(204);
        world.server().reprocess(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
        assertThat(world.server().health()).isEqualTo("healthy");
        alice.receivesNothing();
        nina.receivesNothing();
    }

    @Test
    void sixtyMembersShouldEachGetACopyFromAPhantomOfTheirOwn(World world) {
        Person carol = world.outsider("carol");
        List<Person> members = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            members.add(world.remoteMember("member" + i, "provider" + i % 7 + ".test"));
        }
        PublicAddress all = world.publicAddress("all", members.toArray(Person[]::new));

        carol.writesTo(all, "To sixty");

        Set<String> phantoms = new HashSet<>();
        members.forEach(member -> phantoms.add(member.receives("To sixty").address("From")));
        assertThat(phantoms).hasSize(60);
        assertThat(world.webAdmin().get(all.path() + "/members").is(200).json()).hasSize(60);
    }
}
