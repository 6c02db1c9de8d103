package io.mailveil.it;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** What comes back to a return path. */
@ExtendWith(SharedServer.class)
class BouncesIT {
    private static final String REFUSED = """
        c -> EHLO mx.provider.test
        c <- 250
        c -> MAIL FROM:<>
        c <- 250
        c -> RCPT TO:<{path}>
        c <- 550 5.1.1 Unknown user: {path}
        """;

    @Test
    void bounceShouldBeKeptAndReachNobodyWhenTheReturnPathIsGenuine(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina, alice);
        carol.writesTo(info, "Hello");
        world.call("to-tell-carol", nina.receives("Hello").envelopeSender());
        Received alices = alice.receives("Hello");
        alice.repliesTo(alices, "Answer");
        world.call("to-tell-alice", carol.receives("Answer").envelopeSender());

        String bounce = """
            c -> EHLO mx.provider.test
            c <- 250
            c -> MAIL FROM:<>
            c <- 250
            c -> RCPT TO:<%s>
            c <- 250
            c -> DATA
            c <- 354
            c -> From: postmaster@provider.test
            c -> Subject: Undeliverable
            c -> .
            c <- 250
            """;
        world.internet(bounce.formatted("{to-tell-carol}"));
        world.internet(bounce.formatted("{to-tell-alice}"));
        world.internet(bounce.formatted(world.text("{to-tell-alice}").toUpperCase(Locale.ROOT)));

        world.expectKept(TestServer.BOUNCES, 3);
        carol.receivesNothing();
        alice.receivesNothing();
        nina.receivesNothing();
    }

    @Test
    void forgedReturnPathShouldBeAnUnknownUser(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        String genuine = nina.receives("Hello").envelopeSender();
        int at = genuine.indexOf('@');
        char last = genuine.charAt(at - 1);

        for (String forged : new String[] {
            "n" + genuine.substring(1),
            "r" + genuine.substring(1),
            genuine.substring(0, at - 1) + (last == 'a' ? 'b' : 'a') + genuine.substring(at),
            genuine.replace("@company.test", "@world.test"),
            // another day
            genuine.substring(0, 29) + (genuine.charAt(29) == 'a' ? 'b' : 'a') + genuine.substring(30)}) {
            world.call("path", forged);
            world.internet(REFUSED);
        }
    }

    @Test
    void returnPathShouldBeAnUnknownUserWhenItsForwardIsGone(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        world.call("path", nina.receives("Hello").envelopeSender());

        info.remove(nina);

        world.internet(REFUSED);
    }

    @Test
    void returnPathShouldBeAnUnknownUserWhenThePersonIsBlocked(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");
        world.call("path", hello.envelopeSender());

        world.webAdmin().patch("/mailveil/phantoms/" + hello.address("From"), "{\"blocked\": true}").is(204);

        world.internet(REFUSED);
    }
}
