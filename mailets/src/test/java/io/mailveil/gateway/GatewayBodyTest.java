package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.RefusedMessageException;

/** Whole messages through the gateway, both ways. */
class GatewayBodyTest {
    private static TestGateway gateway;

    @BeforeAll
    static void open(@TempDir Path folder) {
        gateway = new TestGateway(folder);
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        gateway.reset();
    }

    /** The message that alice gets from what carol wrote to info@, folds undone. */
    private static String toAlice(String message) throws IOException {
        Arrival arrival = TestGateway.from(TestGateway.CAROL, message.substring(0, message.indexOf("\n\n")).split("\n"));
        return rewritten(message, gateway.inbound.outgoing(gateway.forward(TestGateway.INFO, TestGateway.ALICE), arrival));
    }

    /** The message that carol gets from what alice wrote to her phantom. */
    private static String fromAlice(EmailAddress phantom, String message) throws IOException {
        Arrival arrival = TestGateway.arrival(TestGateway.ALICE, gateway.user(TestGateway.ALICE),
            message.substring(0, message.indexOf("\n\n")).split("\n"));
        return rewritten(message, gateway.replies.outgoing(phantom, arrival).orElseThrow());
    }

    private static String rewritten(String message, Outgoing outgoing) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MessageRewriter().rewrite(
            new ByteArrayInputStream(message.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)), out, outgoing.rewriting());
        return out.toString(StandardCharsets.UTF_8).replaceAll("\r\n[ \t]", " ").replace("\r\n", "\n");
    }

    private static EmailAddress phantomOfCarol() throws IOException {
        return only("From: (?:\\S+ )?<?([a-z2-7]{26}@company.test)", toAlice("From: carol@world.test\nTo: info@company.test\n\nhello\n"));
    }

    private static EmailAddress only(String pattern, String text) {
        return EmailAddress.of(group(pattern, text));
    }

    private static String group(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    private static void assertNothingOf(String text, String... secrets) {
        for (String secret : secrets) {
            assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(secret);
        }
    }

    @Test
    void anInvitationShouldBeAnsweredThroughTheGateway() throws Exception {
        String request = toAlice("From: Carol <carol@world.test>\nTo: info@company.test\nContent-Type: text/calendar; method=REQUEST\n\n"
            + "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:2026-1@world.test\n"
            + "ORGANIZER;CN=Carol:mailto:carol@world.test\n"
            + "ATTENDEE;CN=Help;RSVP=TRUE:mailto:info@company.test\nATTENDEE;CN=Dave:mailto:dave@world.test\n"
            + "END:VEVENT\nEND:VCALENDAR\n");
        assertNothingOf(request, "world.test");
        assertThat(request).contains("ATTENDEE;CN=Help;RSVP=TRUE:mailto:alice@staff.test\n");
        EmailAddress organizer = only("ORGANIZER;CN=Carol:mailto:(\\S+)", request);
        EmailAddress dave = only("ATTENDEE;CN=Dave:mailto:(\\S+)", request);
        String uid = group("UID:(\\S+)", request);
        assertThat(organizer).isEqualTo(phantomOfCarol());
        assertThat(uid).endsWith("@company.test");

        String reply = fromAlice(organizer, "From: alice@staff.test\nTo: " + organizer + "\nContent-Type: text/calendar; method=REPLY\n\n"
            + "BEGIN:VCALENDAR\nPRODID:-//staff.test//x\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:" + uid
            + "\nORGANIZER;CN=Carol:mailto:" + organizer
            + "\nATTENDEE;CN=Alice A;PARTSTAT=ACCEPTED:mailto:Alice@staff.test\nATTENDEE;CN=Dave:mailto:" + dave
            + "\nCOMMENT:from alice@staff.test\nEND:VEVENT\nEND:VCALENDAR\n");
        assertNothingOf(reply, "alice", "staff.test", organizer.localPart(), dave.localPart());
        assertThat(reply).contains("UID:2026-1@world.test\n", "ORGANIZER;CN=Carol:mailto:carol@world.test\n",
            "ATTENDEE;CN=Help Line;PARTSTAT=ACCEPTED:mailto:info@company.test\n",
            "COMMENT:from info@company.test\n").doesNotContain("CN=Dave");

        String cancel = toAlice("From: Carol <carol@world.test>\nTo: info@company.test\nContent-Type: text/calendar; method=CANCEL\n\n"
            + "BEGIN:VCALENDAR\nMETHOD:CANCEL\nUID:2026-1@world.test\nEND:VCALENDAR\n");
        assertThat(cancel).contains("UID:" + uid + "\n");
    }

    @Test
    void quotedTextShouldShowTheCorrespondentHisOwnAddress() throws Exception {
        EmailAddress carol = phantomOfCarol();
        String fromDave = toAlice("From: carol@world.test\nTo: info@company.test\nCc: dave@world.test\n\nhello\n");
        EmailAddress dave = only("Cc: (\\S+)", fromDave);
        String reply = fromAlice(carol, "From: alice@staff.test\nTo: " + carol + "\nContent-Type: text/html\n\n"
            + "<p>alice@staff.test (Alice&#64;staff.test, bob@elsewhere.test)</p><blockquote><a href=\"mailto:" + carol + "\">"
            + carol.toString().toUpperCase(Locale.ROOT) + "</a> and " + dave.toString().replace("@", "%40") + "</blockquote>\n");
        assertThat(reply).endsWith("<p>info@company.test (info@company.test, bob@elsewhere.test)</p><blockquote>"
            + "<a href=\"mailto:carol@world.test\">carol@world.test</a> and (hidden)</blockquote>\n");
    }

    @Test
    void aMessageInsideShouldGetTheSameTreatmentInbound() throws Exception {
        String text = toAlice("From: carol@world.test\nTo: info@company.test\nContent-Type: message/rfc822\n\n"
            + "Received: from mx.world.test\nX-Mailer: x\nX-Mailveil-Loop: " + "a".repeat(32) + "\nFrom: Erin X <erin@elsewhere.test>\n"
            + "To: Carol <carol@world.test>, info@company.test\nMessage-ID: <1@mx.elsewhere.test>\n"
            + "Subject: of erin@elsewhere.test\n\n"
            + "by erin@elsewhere.test for carol@world.test\n");
        assertNothingOf(text, "world.test", "elsewhere.test", "x-mailer", "x-mailveil-loop: aaaa");
        String phantom = phantomOfCarol().toString();
        String erin = group("From: Erin X <([a-z2-7]{26}@company.test)>", text);
        assertThat(text).contains("To: Carol <" + phantom + ">, info@company.test\n", "Subject: of " + erin + "\n")
            .endsWith("by " + erin + " for " + phantom + "\n");
        assertThat(text.substring(text.indexOf("message/rfc822"))).doesNotContain("X-Mailveil");
    }

    @Test
    void aMessageInsideShouldGetTheSameTreatmentOutbound() throws Exception {
        EmailAddress carol = phantomOfCarol();
        EmailAddress dave = only("Cc: (\\S+)", toAlice("From: carol@world.test\nTo: info@company.test\nCc: dave@world.test\n\nhello\n"));
        String text = fromAlice(carol, "From: alice@staff.test\nTo: " + carol + "\nContent-Type: message/rfc822\n\n"
            + "Received: from mx.staff.test\n"
            + "From: Dave <" + dave + ">\nTo: Alice <alice@staff.test>, bob@staff.test, " + carol
            + ", x@elsewhere.test\nSubject: of erin@staff.test\n\nby " + dave + " for alice@staff.test\n");
        assertNothingOf(text, "staff.test", "alice", dave.localPart(), carol.localPart());
        assertThat(text).contains("From: \"(hidden)\" <hidden@hidden.invalid>\n",
            "To: info@company.test, carol@world.test, x@elsewhere.test\n").endsWith("by (hidden) for info@company.test\n");
    }

    @Test
    void nobodyInsideShouldBeNamedInText() throws Exception {
        String text = fromAlice(phantomOfCarol(), "From: alice@staff.test\nTo: " + phantomOfCarol() + "\nContent-Type: text/html\n\n"
            + "<b>bob</b>@staff.test, mailto:ERIN@staff.test, chair%40home.test, \"some body\"@staff.test, mary.alice@staff.test,"
            + " sales@company.test, info@company.test, somebody@home.test, https://x.test/?to=bob@staff.test&y\n");
        assertNothingOf(text, "staff.test", "bob", "erin", "chair", "body\"", "mary");
        assertThat(text).contains("info@company.test</b>, mailto:(hidden), (hidden), (hidden), (hidden), sales@company.test,"
            + " info@company.test, somebody@home.test, https://x.test/?to=info@company.test&y\n");
    }

    @Test
    void addressesOfTheGatewayShouldNotBeShownToOthers() throws Exception {
        EmailAddress carol = phantomOfCarol();
        EmailAddress other = gateway.store.phantoms.findOrCreate(gateway.forward(TestGateway.INFO, TestGateway.BOB), PhantomClass.PROVEN,
            new Correspondent(TestGateway.CAROL, "")).address();
        EmailAddress returnPath = gateway.returnPaths.create(ReturnPath.Notice.MEMBER, other.localPart(), "company.test");
        String in = toAlice("From: carol@world.test\n\n" + carol + ", " + other + ", " + returnPath + "\n");
        assertThat(in).endsWith("\n\n" + carol + ", (hidden), (hidden)\n");
        String out = fromAlice(carol, "From: alice@staff.test\n\n" + carol + ", " + other + ", " + returnPath + "\n");
        assertThat(out).endsWith("\n\ncarol@world.test, (hidden), (hidden)\n");
    }

    @Test
    void aLinkToAMessageShouldComeBack() throws Exception {
        String in = toAlice("From: carol@world.test\nMessage-ID: <a/b@world.test>\nContent-Type: text/html\n\n<p>\n");
        String id = group("Message-ID: <(\\S+)>", in);
        String out = fromAlice(phantomOfCarol(), "From: alice@staff.test\nMessage-ID: <y@staff.test>\nContent-Type: text/html\n\n"
            + "<blockquote cite=\"mid:" + id + "\"><a href=\"mid:y@staff.test\">\n");
        assertThat(out).contains("cite=\"mid:a/b@world.test\"").contains("mid:" + group("Message-ID: <(\\S+)>", out))
            .doesNotContain("staff.test");
    }

    @Test
    void contentIdsShouldComeBack() throws Exception {
        String in = toAlice("From: carol@world.test\nTo: info@company.test\nContent-Type: multipart/related; boundary=x\n\n--x\n"
            + "Content-Type: text/html\n\n<img src=\"cid:logo@world.test\">\n--x\n"
            + "Content-Type: image/png\nContent-ID: <logo@world.test>\n\n"
            + "png\n--x--\n");
        assertNothingOf(in, "world.test");
        String id = group("Content-ID: <(\\S+)>", in);
        assertThat(in).contains("\"cid:" + id + "\"");
        String out = fromAlice(phantomOfCarol(), "From: alice@staff.test\nContent-Type: text/html\nContent-ID: <y@staff.test>\n\n"
            + "<img src=\"cid:" + id + "\"><img src=\"cid:y@staff.test\">\n");
        assertThat(out).contains("\"cid:logo@world.test\"").contains("\"cid:" + group("Content-ID: <(\\S+)>", out) + "\"")
            .doesNotContain("staff.test");
    }

    @Test
    void theBodyShouldPassUnscrubbedWithAnonymizeOff() throws Exception {
        gateway.switches(TestGateway.INFO, TestGateway.ALICE, true, false, true);
        String text = toAlice("From: carol@world.test\nTo: info@company.test\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n"
            + "carol@world.test\n--x\nContent-Type: text/plain; name=\"carol@world.test.txt\"\nX-Host: world.test\n\nx\n--x--\n");
        assertThat(text).contains("\n\ncarol@world.test\n").doesNotContain("X-Host").doesNotContain("name=\"carol");
    }

    @Test
    void signaturesAndTnefShouldFollowTheSettings(@TempDir Path folder) throws Exception {
        String signed = "From: carol@world.test\nContent-Type: application/pgp-keys\n\nx\n";
        String tnef = "From: carol@world.test\nContent-Type: application/ms-tnef\n\nx\n";
        assertThat(toAlice(signed)).doesNotContain("pgp-keys");
        assertThat(toAlice(tnef)).contains("ms-tnef");
        try (TestGateway strict = new TestGateway(folder, Map.of(Settings.SIGNATURE, "refuse", Settings.TNEF, "hold"))) {
            strict.reset();
            for (String message : new String[] {signed, tnef}) {
                Outgoing outgoing = strict.inbound.outgoing(strict.forward(TestGateway.INFO, TestGateway.ALICE),
                    TestGateway.arrival(TestGateway.CAROL, Proof.NONE, "From: carol@world.test"));
                assertThatThrownBy(() -> rewritten(message, outgoing)).isInstanceOf(RefusedMessageException.class);
            }
        }
        assertThat(Optional.of(Settings.of(Map.of(Settings.SIGNATURE, "pass")).signature().name())).contains("PASS");
        assertThatThrownBy(() -> Settings.of(Map.of(Settings.SIGNATURE, "maybe"))).hasMessageContaining("strip, pass or refuse");
        assertThatThrownBy(() -> Settings.of(Map.of(Settings.TNEF, "maybe"))).hasMessageContaining("pass or hold");
    }
}
