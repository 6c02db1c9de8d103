package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** Keys of {@code mailveil.properties} that are not as they come (DESIGN.md section 10). */
class SettingsIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("settings")
        .set("phantom.domain", "post.company.test")
        .set("headers.keep", "X-Ticket, X-Contact")
        .set("blocked.correspondents", "discard")
        .set("signature", "pass")
        .set("tnef", "hold");

    private static void makePhantomDomain(World world) {
        world.webAdmin().put("/domains/post.company.test", "").is(204);
    }

    @Test
    void phantomsShouldBeInTheirOwnDomainAndBeAnswered(World world) {
        makePhantomDomain(world);
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        String info = world.publicAddress("info", alice).address();

        carol.writesTo(info, "Question");
        Received question = alice.receives("Question");
        assertThat(question.address("From")).matches("[a-z2-7]{26}@post\\.company\\.test");
        assertThat(question.envelopeSender()).matches("[fn]\\.[a-z2-7]{26}\\.[a-z2-7]{11}@post\\.company\\.test");

        alice.repliesTo(question, "Answer");
        Received answer = carol.receives("Answer");
        assertThat(answer.address("From")).isEqualTo(info);
        assertThat(answer.address("To")).isEqualTo(carol.address());
    }

    @Test
    void headersToKeepShouldPassScrubbed(World world) {
        makePhantomDomain(world);
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", alice);

        carol.sends("From: Carol <{carol}>\nTo: {info}\nSubject: Ticket\n"
            + "X-Ticket: 4711\nX-Contact: ask {carol} for it\nX-Other: 1\n\nText\n",
            "{info}");
        Received received = alice.receives("Ticket");
        assertThat(received.header("X-Ticket")).isEqualTo("4711");
        assertThat(received.header("X-Contact")).isEqualTo("ask " + received.address("From") + " for it");
        assertThat(received.headerNames()).doesNotContain("x-other");
    }

    @Test
    void mailOfABlockedCorrespondentShouldBeTakenAndDropped(World world) {
        makePhantomDomain(world);
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        String info = world.publicAddress("info", alice).address();
        carol.writesTo(info, "First");
        String phantom = alice.receives("First").address("From");

        world.webAdmin().patch("/mailveil/phantoms/" + phantom, "{\"blocked\":true}").is(204);
        carol.writesTo(info, "Second");
        alice.receivesNothing();

        world.webAdmin().patch("/mailveil/phantoms/" + phantom, "{\"blocked\":false}").is(204);
        carol.writesTo(info, "Third");
        alice.receives("Third");
    }

    @Test
    void signaturesShouldPassAndTnefShouldBeHeldWhereItIsSetSo(World world) {
        makePhantomDomain(world);
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", alice);

        carol.sends("From: {carol}\nTo: {info}\nSubject: Signed\nMIME-Version: 1.0\n"
            + "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256; boundary=b\n\n--b\n\nText\n"
            + "--b\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n--b--\n",
            "{info}");
        assertThat(alice.receives("Signed").text()).contains("multipart/signed").contains("-----BEGIN PGP SIGNATURE-----");

        carol.sends("From: {carol}\nTo: {info}\nSubject: Opaque\nMIME-Version: 1.0\nContent-Type: application/ms-tnef; name=winmail.dat\n"
            + "Content-Transfer-Encoding: base64\n\neJ8+IgAA\n", "{info}");
        alice.receivesNothing();
        world.expectKept(TestServer.HELD, 1);
    }
}
