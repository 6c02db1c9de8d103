package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Its second port has lost its DATA hook and asks for no login: there the chain is alone. */
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("proof").withDns().set("signature", "refuse")
        .edit("smtpserver.xml", text -> {
            int second = text.lastIndexOf("<smtpserver ");
            return text.substring(0, second) + text.substring(second)
                .replace("<handler class=\"io.mailveil.james.MailveilMessageHook\"/>", "")
                .replace("<authenticationRequired>true", "<authenticationRequired>false");
        });

    @BeforeAll
    static void publish() {
        SERVER.dns()
            .publish("provider.test", "v=spf1 ip4:127.0.0.2 -all")
            .publish(PROVIDER.name(), PROVIDER.record())
            .publish("carrier.test", "v=spf1 ip4:127.0.0.2 -all")
            .publish(SIGNER.name(), SIGNER.record())
            .publish("evil.test", "v=spf1 ip4:127.0.0.1 -all")
            .publish(EVIL.name(), EVIL.record())
            .publish("k1._domainkey.revoked.test", "v=DKIM1; k=rsa; p=")
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
        return send(client, "smtp", sender, recipient, message);
    }

    private static String send(String client, String port, String sender, String recipient, String message) {
        try (Smtp smtp = Smtp.helloFrom(client, SERVER.port(port))) {
            smtp.say("MAIL FROM:<" + sender + ">", "250");
            String rcpt = smtp.ask("RCPT TO:<" + recipient + ">");
            return rcpt.startsWith("250") ? smtp.data(message.getBytes(StandardCharsets.UTF_8)) : "at RCPT: " + rcpt;
        }
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

    @Test
    void whatDoesNotProveTheOwnerShouldBeRefusedAndReachNobody(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person otto = world.remoteMember("otto", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina, otto);
        carol.writesTo(info, "Hello");
        String x = nina.receives("Hello").address("From");
        otto.receives("Hello");
        String me = nina.address();
        String plain = letter(me, x, "Answer");
        String signed = PROVIDER.sign(plain);
        String before = "t=" + Instant.now().minus(Duration.ofDays(8)).getEpochSecond() + ";";

        Map<String, String> messages = new LinkedHashMap<>();
        messages.put("nothing", plain);
        messages.put("a signature of somebody else", EVIL.sign(plain));
        messages.put("a signature that somebody else made in the name of the provider", EVIL.as("provider.test").sign(plain));
        messages.put("a signed mail that went elsewhere", PROVIDER.sign(letter(me, "dave@world.test", "Answer")));
        messages.put("the same with the phantom added on top", "To: " + x + "\r\n"
            + PROVIDER.sign(letter(me, "dave@world.test", "Answer")));
        messages.put("a signed mail of a colleague", PROVIDER.sign(letter(otto.address(), x, "Answer")));
        messages.put("a second person in From", PROVIDER.sign(letter(me + ", " + otto, x, "Answer")));
        messages.put("a second From", "From: " + otto + "\r\n" + signed);
        messages.put("another subject", signed.replace("Subject: Answer", "Subject: Question"));
        messages.put("another text", signed.replace("says the text", "says another text"));
        messages.put("a signature over the first words", PROVIDER.overBodyUpTo(7).sign(plain));
        messages.put("text added behind those", PROVIDER.overBodyUpTo(7).sign(plain) + "More.\r\n");
        messages.put("a signature without To", PROVIDER.over("from:subject:date:message-id").sign(plain));
        messages.put("a signature of last week", PROVIDER.with(before).sign(plain));
        String until = "x=" + Instant.now().minusSeconds(60).getEpochSecond() + ";";
        messages.put("a signature that has expired", PROVIDER.with(until).sign(plain));
        messages.put("a key that was revoked", PROVIDER.as("revoked.test").sign(plain));
        messages.forEach((what, message) -> assertThat(send(ANYWHERE, me, x, message)).as(what)
            .startsWith("550 5.7.1 You are not allowed to write to this address"));

        // the session decides: nobody, and somebody else than the owner
        for (String sender : List.of("", otto.address(), "nina@evil.test", carol.address())) {
            assertThat(send(HOME, sender, x, signed)).as("MAIL FROM:<%s>", sender)
                .startsWith("at RCPT: 550 5.7.1 You are not allowed to write to this address");
        }
        carol.receivesNothing();
        // and the real thing
        assertThat(send(ANYWHERE, me, x, signed)).startsWith("250");
        carol.receives("Answer");
    }

    @Test
    void ownerShouldTryAgainWhenTheDnsDoesNotAnswer(World world) {
        Person nina = world.remoteMember("nina", "shaky.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        String x = nina.receives("Hello").address("From");
        DkimSigner shaky = DkimSigner.of("shaky.test");

        SERVER.dns().breakDown("shaky.test");
        String signed = shaky.sign(letter(nina.address(), x, "Answer"));
        assertThat(send(ANYWHERE, nina.address(), x, signed)).startsWith("451 4.4.3");
        carol.receivesNothing();

        SERVER.dns().publish(shaky.name(), shaky.record());
        SERVER.dns().mend("shaky.test");
        assertThat(send(ANYWHERE, nina.address(), x, signed)).startsWith("250");
        carol.receives("Answer");
    }

    @Test
    void correspondentShouldBeJudgedByTheOwnerOfHisDomain(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        Person steve = world.outsider("steve", "strict.test");
        Person linda = world.outsider("linda", "lax.test");
        Person noel = world.outsider("noel", "nothing.test");
        Person wendy = world.outsider("wendy", "weak.test");
        SERVER.dns().breakDown("weak.test");

        assertThat(send(ANYWHERE, steve.address(), info.address(), letter("Steve <" + steve + ">", info.address(), "Forged")))
            .startsWith("550 5.7.1 The domain in From asks to refuse this message");
        assertThat(send(HOME, steve.address(), info.address(), letter("Steve <" + steve + ">", info.address(), "Real"))).startsWith("250");
        Received real = alice.receives("Real");
        assertThat(real.header("X-Mailveil-Sender")).isEqualTo("pass");
        assertThat(real.header("From")).doesNotContain("forged");
        assertThat(real.envelopeSender()).startsWith("f.");

        assertThat(send(ANYWHERE, linda.address(), info.address(), letter("Linda <" + linda + ">", info.address(), "Odd")))
            .startsWith("250");
        Received odd = alice.receives("Odd");
        assertThat(odd.header("X-Mailveil-Sender")).isEqualTo("fail");
        assertThat(odd.header("From")).contains("Linda").contains("(may be forged)");
        // who is not Linda shall not get our bounces, and she neither
        assertThat(odd.envelopeSender()).startsWith("n.");

        assertThat(send(HOME, linda.address(), info.address(), letter("Linda <" + linda + ">", info.address(), "Own"))).startsWith("250");
        Received own = alice.receives("Own");
        assertThat(own.header("X-Mailveil-Sender")).isEqualTo("pass");
        assertThat(own.address("From")).as("a forger does not meet the real one").isNotEqualTo(odd.address("From"));

        for (Person person : List.of(noel, wendy)) {
            assertThat(send(ANYWHERE, person.address(), info.address(), letter(person.address(), info.address(), "Plain")))
                .startsWith("250");
            Received plain = alice.receives("Plain");
            assertThat(plain.header("X-Mailveil-Sender")).isEqualTo("none");
            assertThat(plain.header("From")).doesNotContain("forged");
        }
    }

    @Test
    void insideAddressShouldBeRefusedWithoutAskingTheDns(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        String x = alice.receives("Hello").address("From");

        assertThat(send(HOME, alice.address(), x, "")).startsWith("at RCPT: 550 5.7.1");
        assertThat(SERVER.dns().wasAskedFor("staff.test")).isFalse();
    }

    @Test
    void oneMailShouldCarryPhantomsOfOneMemberOnly(World world) {
        Person nina = world.remoteMember("nina", "carrier.test");
        Person work = world.tagged(nina, "work");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina, work);
        carol.writesTo(info, "Hello");
        world.call("x", nina.receives("Hello").address("From"));
        world.call("y", work.receives("Hello").address("From"));
        world.call("tagged", work.address());

        world.internet("""
            c -> EHLO mx.carrier.test
            c <- 250
            c -> MAIL FROM:<{tagged}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 250
            c -> RCPT TO:<{y}>
            c <- 452 4.5.3
            c -> RCPT TO:<{x}>
            c <- 250
            """);
    }

    @Test
    void unprovenRecipientShouldBeDroppedWhenTheMailIsFineForOthers(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        PublicAddress sales = world.publicAddress("sales", alice);
        carol.writesTo(info, "Hello");
        String x = nina.receives("Hello").address("From");

        try (Smtp smtp = Smtp.helloFrom(ANYWHERE, SERVER.port("smtp"))) {
            smtp.say("MAIL FROM:<" + nina + ">", "250").say("RCPT TO:<" + x + ">", "250").say("RCPT TO:<" + sales + ">", "250");
            assertThat(smtp.data(letter(nina.address(), x + ", " + sales, "Both").getBytes(StandardCharsets.UTF_8))).startsWith("250");
        }

        alice.receives("Both");
        world.expectKept(TestServer.REFUSED, 1);
        carol.receivesNothing();
        nina.receivesNothing();
    }

    @Test
    void chainShouldRefuseQuietlyWhatComesPastTheHook(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person steve = world.outsider("steve", "strict.test");
        PublicAddress info = world.publicAddress("info", nina);
        assertThat(send(HOME, steve.address(), info.address(), letter(steve.address(), info.address(), "Hello"))).startsWith("250");
        String x = nina.receives("Hello").address("From");

        // not even the real owner is proven there
        String answer = PROVIDER.sign(letter(nina.address(), x, "Answer"));
        assertThat(send(HOME, "submission", nina.address(), x, answer)).startsWith("250");
        world.expectKept(TestServer.REFUSED, 1);
        // and whoever is not judged is unproven
        assertThat(send(ANYWHERE, "submission", steve.address(), info.address(), letter(steve.address(), info.address(), "Forged")))
            .startsWith("250");
        assertThat(nina.receives("Forged").header("X-Mailveil-Sender")).isEqualTo("none");
        // what the settings do not let through is refused there as well
        assertThat(send(ANYWHERE, "submission", steve.address(), info.address(), signedByHand(steve, info))).startsWith("250");
        world.expectKept(TestServer.REFUSED, 1);
        nina.receivesNothing();
        steve.receivesNothing();
    }

    private static String signedByHand(Person from, PublicAddress to) {
        return letter(from.address(), to.address(), "Signed").replace("\r\n\r\n", "\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\n")
            + "--b\r\nContent-Type: application/pgp-signature\r\n\r\nAAAA\r\n--b--\r\n";
    }

    @Test
    void signedMailShouldBeRefusedWithAReasonWhereItIsSetSo(World world) {
        Person alice = world.staff("alice");
        Person linda = world.outsider("linda", "lax.test");
        PublicAddress info = world.publicAddress("info", alice);

        assertThat(send(HOME, linda.address(), info.address(), signedByHand(linda, info)))
            .startsWith("550 5.7.1 Signed mail is not accepted here");
        alice.receivesNothing();
        assertThat(send(HOME, linda.address(), info.address(), letter(linda.address(), info.address(), "Plain"))).startsWith("250");
        alice.receives("Plain");
    }
}
