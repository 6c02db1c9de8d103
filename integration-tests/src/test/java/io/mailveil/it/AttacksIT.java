package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/** Attacks of docs/security.md that have no place in another test; each test is named after what somebody tries. */
@ExtendWith(SharedServer.class)
class AttacksIT {
    @Test
    void idOfAnotherMembersMailShouldNotBeOpened(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice, bob);
        Person.Sent sent = carol.writesTo(info, "Hello");
        String idAsAliceSeesIt = alice.receives("Hello").id();
        Received bobs = bob.receives("Hello");

        bob.submits("From: {bob}\nTo: " + bobs.address("From") + "\nIn-Reply-To: <" + idAsAliceSeesIt + ">\nReferences: <" + idAsAliceSeesIt
            + ">\nSubject: Foreign\n\nText.\n", bobs.address("From"));

        Received foreign = carol.receives("Foreign");
        assertThat(foreign.header("References") + foreign.header("In-Reply-To")).isNotEmpty().doesNotContain(sent.id())
            .doesNotContain(idAsAliceSeesIt);
    }

    @Test
    void idShouldNotBeOpenedTowardsTheSecondMailboxOfTheMember(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        Person second = world.outsider("second", "elsewhere.test");
        PublicAddress info = world.publicAddress("info", alice);
        Person.Sent secret = carol.writesTo(info, "Hello");
        String sealed = alice.receives("Hello").id();
        second.writesTo(info, "Mine");
        String own = alice.receives("Mine").address("From");

        alice.submits("From: {alice}\nTo: " + own + "\nReferences: <" + sealed + ">\nSubject: Tell me\n\n<mid:" + sealed + ">\n", own);

        assertThat(second.receives("Tell me").text()).doesNotContain(secret.id()).doesNotContain("faraway.test");
    }

    @Test
    void serverShouldNotSayWhoIsThereWhenAsked(World world) {
        world.staff("alice");
        world.publicAddress("info");
        for (String line : new String[] {"VRFY {alice}", "VRFY {info}", "VRFY nobody@company.test", "EXPN {info}", "EXPN nobody"}) {
            try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
                // the same answer for everybody, whoever is there
                assertThat(smtp.ask(world.text(line))).matches("(252|50[0-9]) .*").doesNotContain(world.text("{alice}"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "=?UTF-8?Q?x=0D=0ABcc:_victim@provider.test?=",
        "=?UTF-8?B?eA0KQmNjOiB2aWN0aW1AcHJvdmlkZXIudGVzdA==?=",
        "=?UTF-8?Q?x=0ABcc:_victim@provider.test=0D=0A=0D=0ABody?=",
        "\"x\\\r\n Bcc: victim@provider.test\"",
        "=?UTF-8?Q?x=E2=80=A8Bcc:_victim@provider.test?="})
    void displayNameShouldNotBecomeAHeader(String name, World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", nina);

        carol.sends("From: " + name + " <{carol}>\nTo: {info}\nSubject: " + name.replace("\"", "") + "\n\nText.\n", "{info}");

        Received received = nina.receives();
        assertThat(received.headers("Bcc")).isEmpty();
        assertThat(received.headers("From")).hasSize(1);
        assertThat(new String(received.body(), StandardCharsets.UTF_8)).isEqualTo("Text.\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Help\r\nBcc: victim@provider.test", "Help\nX: y", "Help\u0000", "Help\u2028X", "=?utf-8?q?=0d=0aX:_y?="})
    void displayNameFromAnAdministratorShouldNotBecomeAHeader(String name, World world) throws Exception {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        String json = new ObjectMapper().writeValueAsString(Map.of("displayName", name));

        WebAdmin.Answer answer = world.webAdmin().put(info.path(), json);
        assertThat(answer.status()).isIn(204, 400);

        carol.writesTo(info, "Hello");
        alice.repliesTo(alice.receives("Hello"), "Answer");
        Received received = carol.receives("Answer");
        assertThat(received.headers("From")).hasSize(1);
        assertThat(received.headerNames()).doesNotContain("bcc", "x");
        assertThat(received.address("From")).isEqualTo(info.address());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r\n\u0000.\r\n", "\r\n.\u0000\r\n"})
    void secondMessageShouldNotBeSmuggledBehindTheEndOfTheFirst(String end, World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", nina);
        String envelope = "MAIL FROM:<admin@company.test>\r\nRCPT TO:<" + nina + ">\r\nDATA\r\n";
        String message = world.text("From: {carol}\r\nTo: {info}\r\nSubject: First\r\n\r\nText" + end + envelope
            + "From: admin@company.test\r\nSubject: Smuggled\r\n\r\nPay at once\r\n.\r\n");

        boolean accepted;
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.say("MAIL FROM:<" + carol + ">", "250").say(world.text("RCPT TO:<{info}>"), "250").say("DATA", "354");
            accepted = smtp.sends(message.getBytes(StandardCharsets.ISO_8859_1)).startsWith("250");
        }

        world.server().settle();
        assertThat(nina.unreadCount()).isEqualTo(accepted ? 1 : 0);
        if (accepted) {
            Received received = nina.receives("First");
            // nothing that the next server could take for an end
            assertThat(received.text().replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
            assertThat(received.headers("Subject")).containsExactly("First");
        }
    }

    @Test
    void messageThatIsNestedVeryDeeplyShouldBeHeldAndHarmNobody(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        StringBuilder bomb = new StringBuilder("From: {carol}\nTo: {info}\nSubject: Bomb\nMIME-Version: 1.0\n");
        for (int i = 0; i < 2000; i++) {
            bomb.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\n\n--b").append(i).append('\n');
        }
        carol.sends(bomb + "\nText\n", "{info}");
        world.expectKept(TestServer.HELD, 1);
        world.server().expectNoTemporaryMessages();

        carol.writesTo(info, "Afterwards");
        alice.receives("Afterwards");
        world.server().clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
    }

    @Test
    void archiveThatGrowsWithoutEndShouldPassUnopened(World world) throws IOException {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", nina);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                gzip.write(zeros);
            }
        }
        String encoded = Base64.getMimeEncoder().encodeToString(packed.toByteArray());

        carol.sends("From: {carol}\nTo: {info}\nSubject: Small\nMIME-Version: 1.0\nContent-Type: application/gzip; name=a.gz\n"
            + "Content-Transfer-Encoding: base64\n\n" + encoded + "\n", "{info}");

        assertThat(new String(nina.receives("Small").body(), StandardCharsets.US_ASCII).strip()).isEqualTo(encoded);
    }

    @Test
    void whateverIsTooLongShouldBeRefusedOrHeld(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.say("MAIL FROM:<" + carol + "> SIZE=2000000000", "552");
        }
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.say("NOOP " + "a".repeat(100_000), "500");
        }
        carol.sends("X-Many: a\n".repeat(10_000) + "From: {carol}\nTo: {info}\nSubject: Long\n\nText.\n", "{info}");
        world.expectKept(TestServer.HELD, 1);
        world.server().clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);

        carol.writesTo(info, "Afterwards");
        alice.receives("Afterwards");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x'or'1'='1@faraway.test", "x'--@faraway.test", "x');DELETE%20FROM%20FORWARD;--@faraway.test"})
    void addressShouldNotBecomeSql(String address, World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        String encoded = URLEncoder.encode(address.replace("%20", " "), StandardCharsets.UTF_8);
        for (String path : new String[] {"/mailveil/publicAddresses/" + encoded, info.path() + "/members/" + encoded,
            "/mailveil/phantoms/" + encoded, "/mailveil/phantoms?limit=10&member=" + encoded,
            "/mailveil/audit?limit=10&subject=" + encoded}) {
            assertThat(world.webAdmin().get(path).status()).isIn(200, 400, 404);
        }
        if (!address.contains("%") && !address.contains(";")) {
            try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
                smtp.say("MAIL FROM:<" + address + ">", "250").say("RCPT TO:<" + address.replace("faraway", "company") + ">", "550 5.1.1");
            }
        }
        assertThat(world.webAdmin().get(info.path()).is(200).json().path("members")).hasSize(1);
    }

    @Test
    void logShouldHaveNoLinesThatSomebodyElseWrote(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        String forged = "2026-01-01 00:00:00 ERROR mailveil: forged";
        String encoded = forged.replace(" ", "_").replace(":", "=3A");
        carol.sends("From: =?UTF-8?Q?x=0D=0A" + encoded + "?= <{carol}>\nTo: {info}\nSubject: =?UTF-8?Q?a=0A" + encoded + "?=\n"
            + "Message-ID: <a\r\n " + forged + "@faraway.test>\n\nText.\n", "{info}");
        alice.receives();
        world.webAdmin().get("/mailveil/publicAddresses/a%0D%0A" + forged.replace(" ", "%20") + "@company.test");
        world.webAdmin().post("/mailveil/phantoms", "{\"publicAddress\": \"" + info + "\\r\\n" + forged + "\"}").is(400);
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.ask("MAIL FROM:<a\r" + forged + "@faraway.test>");
        }

        assertThat(Files.readString(world.server().folder().resolve("logs/james.log")).lines().filter(line -> line.startsWith(forged)))
            .isEmpty();
    }

    @Test
    void methodInAHeaderShouldNotPassTheChecks(World world) {
        PublicAddress info = world.publicAddress("info", world.staff("alice"));
        world.webAdmin().send("POST", info.path(), "", "X-HTTP-Method-Override", "DELETE");
        world.webAdmin().get(info.path()).is(200);
    }
}
