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

/**
 * {@code trusted.networks}: a member who cannot log in here sends by the server of his office, which is believed about the envelope. That
 * office is 127.0.0.2; everybody else is 127.0.0.1.
 */
class TrustedNetworksIT {
    private static final String OFFICE = "127.0.0.2";

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("trusted").set("trusted.networks", OFFICE + "/32, 198.51.100.0/24")
        .set("autoreply", "forward");

    @Test
    void holidayNoticeOfAMemberShouldGoOnAsThePublicAddressWhenThatIsSwitchedOn(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);
        dave.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");
        world.call("x", hello.address("From"));
        world.call("path", hello.envelopeSender());
        String notice = "From: Nina <{nina}>\nTo: {x}\nSubject: On holiday\nAuto-Submitted: auto-replied\n\nAsk {nina} on Monday.\n";

        for (String recipient : new String[] {"{path}", "{x}"}) {
            try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
                office.say(world.text("MAIL FROM:<{nina}>"), "250");
                office.say(world.text("RCPT TO:<" + recipient + ">"), "250");
                assertThat(office.data(nina.octets(notice))).startsWith("250");
            }
            Received atDave = dave.receives("On holiday");
            assertThat(atDave.address("From")).isEqualTo(info.address());
            assertThat(atDave.header("Auto-Submitted")).isEqualTo("auto-replied");
            assertThat(atDave.envelopeSender()).startsWith("n.");
            assertThat(atDave.text()).contains("Ask " + info.address() + " on Monday.");
        }

        // from anywhere else: counted, and nobody gets it
        nina.sends(notice, "{path}");
        dave.receivesNothing();
    }

    @Test
    void memberElsewhereShouldAnswerByTheServerOfHisOffice(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");
        world.call("x", hello.address("From"));

        // with the same envelope from anywhere else: no
        world.internet("""
            c -> EHLO mx.provider.test
            c <- 250
            c -> MAIL FROM:<{nina}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            """);

        try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
            office.dialogue(world.text("""
                c -> MAIL FROM:<{nina}>
                c <- 250
                c -> RCPT TO:<{x}>
                c <- 250
                """));
            assertThat(office.data(nina.octets("From: Nina <{nina}>\nTo: {x}\nSubject: Answer\n\nText.\n"))).startsWith("250");
        }
        Received answer = carol.receives("Answer");
        assertThat(answer.address("From")).isEqualTo(info.address());
        assertThat(answer.address("To")).isEqualTo(carol.address());
    }

    @Test
    void signedAndTaggedEnvelopesShouldCountAsTheMember(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        world.call("x", nina.receives("Hello").address("From"));

        for (String envelope : new String[] {"prvs=0123456789=" + nina, nina.address().replace("@", "+tag@")}) {
            try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
                office.say("MAIL FROM:<" + envelope + ">", "250").say(world.text("RCPT TO:<{x}>"), "250");
                assertThat(office.data(nina.octets("From: Nina <{nina}>\nTo: {x}\nSubject: Answer\n\nText.\n"))).startsWith("250");
            }
            // the tag and the signature are hers as well
            assertThat(carol.receives("Answer").text()).doesNotContain("prvs=").doesNotContain("+tag");
        }
    }

    @Test
    void envelopeOfSomebodyElseShouldProveNothing(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person otto = world.remoteMember("otto", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina, otto);
        carol.writesTo(info, "Hello");
        world.call("x", nina.receives("Hello").address("From"));
        otto.receives("Hello");
        world.outsider("mallory", "faraway.test");

        try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
            office.dialogue(world.text("""
                c -> MAIL FROM:<{otto}>
                c <- 250
                c -> RCPT TO:<{x}>
                c <- 550 5.7.1
                c -> RSET
                c <- 250
                c -> MAIL FROM:<>
                c <- 250
                c -> RCPT TO:<{x}>
                c <- 550 5.7.1
                c -> RSET
                c <- 250
                c -> MAIL FROM:<{carol}>
                c <- 250
                c -> RCPT TO:<{x}>
                c <- 550 5.7.1
                a network that is trusted is no relay for strangers
                c -> RCPT TO:<{mallory}>
                c <- 550 5.7.1
                """));
        }
    }

    @Test
    void mailFromTheOfficeToTheWorldShouldLeaveAsThePublicAddress(World world) {
        Person alice = world.staff("alice");
        Person dave = world.outsider("dave", "faraway.test");
        Person erin = world.staff("erin");
        PublicAddress info = world.publicAddress("info", alice);

        try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
            office.say("MAIL FROM:<" + alice + ">", "250").say("RCPT TO:<" + dave + ">", "250");
            assertThat(office.data(alice.octets("From: Alice <{alice}>\nTo: {dave}\nSubject: Offer\n\nText.\n"))).startsWith("250");
            office.say("MAIL FROM:<" + erin + ">", "250").say("RCPT TO:<" + dave + ">", "550 5.7.1");
        }

        assertThat(dave.receives("Offer").address("From")).isEqualTo(info.address());
    }

    @Test
    void insideMailFromTheOfficeShouldStayPlain(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        bob.knows(alice);

        try (Smtp office = Smtp.helloFrom(OFFICE, SERVER.port("smtp"))) {
            office.say("MAIL FROM:<" + alice + ">", "250").say("RCPT TO:<" + bob + ">", "250");
            assertThat(office.data(alice.octets("From: Alice <{alice}>\nTo: {bob}\nSubject: Lunch\n\nText.\n"))).startsWith("250");
        }

        assertThat(bob.receives("Lunch").address("From")).isEqualTo(alice.address());
    }
}
