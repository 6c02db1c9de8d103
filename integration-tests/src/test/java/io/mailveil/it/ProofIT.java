package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;
import io.mailveil.signing.DkimSigner;

/**
 * Who is believed without a login: SPF and DKIM, over a real resolver and a name server that only knows what is published here. Mail of
 * {@code provider.test} comes from 127.0.0.2 and is signed; {@code carrier.test} does not sign, {@code signer.test} has no SPF.
 */
class ProofIT {
    private static final String HOME = "127.0.0.2";
    private static final String ANYWHERE = "127.0.0.1";
    private static final DkimSigner PROVIDER = DkimSigner.of("provider.test");
    private static final DkimSigner SIGNER = DkimSigner.of("signer.test");
    private static final DkimSigner EVIL = DkimSigner.of("evil.test");

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("proof").withDns();

    @BeforeAll
    static void publish() {
        SERVER.dns()
            .publish("provider.test", "v=spf1 ip4:127.0.0.2 -all")
            .publish(PROVIDER.name(), PROVIDER.record())
            .publish("carrier.test", "v=spf1 ip4:127.0.0.2 -all")
            .publish(SIGNER.name(), SIGNER.record())
            .publish("evil.test", "v=spf1 ip4:127.0.0.1 -all")
            .publish(EVIL.name(), EVIL.record())
            .publish("strict.test", "v=spf1 ip4:127.0.0.2 -all")
            .publish("_dmarc.strict.test", "v=DMARC1; p=reject")
            .publish("lax.test", "v=spf1 ip4:127.0.0.2 ~all")
            .publish("_dmarc.lax.test", "v=DMARC1; p=none");
    }

    /** A letter with the fields that are signed, lines ended by CRLF. */
    private static String letter(String from, String to, String subject) {
        return ("From: " + from + "\nTo: " + to + "\nSubject: " + subject
            + "\nDate: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.now(ZoneOffset.UTC))
            + "\nMessage-ID: <" + UUID.randomUUID() + "@mail.invalid>\n\n" + subject + ", says the text.\n").replace("\n", "\r\n");
    }

    /** Sends the message; returns the answer to RCPT if that is a no, else the answer to the end of DATA. */
    private static String send(String client, String sender, String recipient, String message) {
        try (Smtp smtp = Smtp.helloFrom(client, SERVER.port("smtp"))) {
            smtp.say("MAIL FROM:<" + sender + ">", "250");
            String rcpt = smtp.ask("RCPT TO:<" + recipient + ">");
            return rcpt.startsWith("250") ? smtp.data(message.getBytes(StandardCharsets.UTF_8)) : "at RCPT: " + rcpt;
        }
    }

    /** Carol writes to a public address, and this is what the member has got. */
    private static String phantomFor(Person member, World world) {
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", member);
        carol.writesTo(info, "Hello");
        return world.call("x", member.receives("Hello").address("From"));
    }

    @Test
    void memberAtASigningProviderShouldAnswerByTheReplyButton(World world) {
        Person nina = world.remoteMember("nina", "signer.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");
        String x = hello.address("From");

        String signed = SIGNER.sign(letter("Nina <" + nina + ">", "<" + x + ">", "Answer"));
        assertThat(send(ANYWHERE, nina.address(), x, signed)).startsWith("250");

        Received answer = carol.receives("Answer");
        assertThat(answer.address("From")).isEqualTo(info.address());
        assertThat(answer.address("To")).isEqualTo(carol.address());
    }

    @Test
    void memberAtACarrierWithSpfShouldAnswerByTheReplyButton(World world) {
        Person nina = world.remoteMember("nina", "carrier.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        String x = nina.receives("Hello").address("From");

        assertThat(send(HOME, nina.address(), x, letter(nina.address(), x, "Answer"))).startsWith("250");
        assertThat(carol.receives("Answer").address("From")).isEqualTo(info.address());

        String tagged = nina.address().replace("@", "+tag@");
        assertThat(send(HOME, "prvs=0123456789=" + tagged, x, letter(nina.address(), x, "Again"))).startsWith("250");
        assertThat(carol.receives("Again").text()).doesNotContain("prvs=").doesNotContain("+tag");
    }
}
