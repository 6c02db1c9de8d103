package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;

/** Parts with a policy of their own, from mail program to mail program (DESIGN.md section 6, row B6). */
@ExtendWith(SharedServer.class)
class PartsIT {
    private static final String CALENDAR = """
        From: %1$s
        To: %2$s
        Subject: %3$s
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="=_%4$s"

        --=_%4$s
        Content-Type: text/plain; charset=UTF-8

        %3$s
        --=_%4$s
        Content-Type: text/calendar; charset=UTF-8; method=%5$s
        Content-Transfer-Encoding: 8bit

        BEGIN:VCALENDAR
        PRODID:-//Calendar//EN
        VERSION:2.0
        METHOD:%5$s
        BEGIN:VEVENT
        UID:%6$s
        SEQUENCE:%7$d
        DTSTAMP:20261005T010000Z
        DTSTART:20261006T010000Z
        ORGANIZER;CN=Carol:mailto:%8$s
        ATTENDEE;CN=Help;PARTSTAT=%9$s;RSVP=TRUE:mailto:%10$s
        SUMMARY:Talk
        END:VEVENT
        END:VCALENDAR
        --=_%4$s--
        """;

    private static String invitation(String from, String to, String subject, String method, String uid, int sequence, String organizer,
            String state, String attendee) {
        return CALENDAR.formatted(from, to, subject, from.substring(from.indexOf('@') + 1), method, uid, sequence, organizer, state,
            attendee);
    }

    /** The calendar's line of that name, unfolded. */
    private static String line(Received mail, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + "[;:](.*)$").matcher(mail.text().replaceAll("\r\n[ \t]", ""));
        assertThat(matcher.find()).as("a line %s in%n%s", name, mail.text()).isTrue();
        return matcher.group(1).strip();
    }

    private static String value(Received mail, String name) {
        String line = line(mail, name);
        return line.substring(line.indexOf(':') + 1).replace("mailto:", "");
    }

    @Test
    void lineThatIsMuchTooLongShouldComeWhole(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        String line = "a long line ".repeat(2500);
        carol.sends("From: {carol}\nTo: info@company.test\nSubject: Long\n\nBefore\n" + line + "{carol}\nAfter\n",
            world.publicAddress("info", alice).address());

        // quoted-printable, with soft line breaks
        String text = new String(alice.receives("Long").body(), StandardCharsets.US_ASCII).replace("=\r\n", "");
        assertThat(text.lines().toList()).startsWith("Before").endsWith("After").hasSize(3)
            .element(1).asString().startsWith(line);
    }

    @Test
    void invitationShouldBeAcceptedMovedAndCancelledThroughTheGateway(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        String info = world.publicAddress("info", alice).address();
        String uid = "20261005-1@calendar.faraway.test";

        carol.sends(invitation("{carol}", info, "Invitation", "REQUEST", uid, 0, "{carol}", "NEEDS-ACTION", info), info);
        Received request = alice.receives("Invitation");
        String phantom = request.address("From");
        assertThat(line(request, "ORGANIZER")).isEqualTo("CN=Carol:mailto:" + phantom);
        assertThat(line(request, "ATTENDEE")).endsWith(":mailto:" + alice);
        String sealed = line(request, "UID");
        assertThat(sealed).endsWith("@company.test");

        alice.submits(invitation("{alice}", phantom, "Accepted", "REPLY", sealed, 0, phantom, "ACCEPTED", alice.address()), phantom);
        Received accepted = carol.receives("Accepted");
        assertThat(line(accepted, "UID")).isEqualTo(uid);
        assertThat(value(accepted, "ORGANIZER")).isEqualTo(carol.address());
        assertThat(line(accepted, "ATTENDEE")).contains("PARTSTAT=ACCEPTED").endsWith(":mailto:" + info);

        carol.sends(invitation("{carol}", info, "Moved", "REQUEST", uid, 1, "{carol}", "NEEDS-ACTION", info), info);
        assertThat(line(alice.receives("Moved"), "UID")).isEqualTo(sealed);
        carol.sends(invitation("{carol}", info, "Cancelled", "CANCEL", uid, 2, "{carol}", "NEEDS-ACTION", info), info);
        assertThat(line(alice.receives("Cancelled"), "UID")).isEqualTo(sealed);
    }

    @Test
    void signatureShouldBeTakenAwayAndALineShouldSaySo(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", alice);
        String certificate = Base64.getMimeEncoder(72, new byte[] {'\n'}).encodeToString(
            ("x509 subject " + carol.address() + " issuer faraway.test").getBytes(StandardCharsets.US_ASCII));
        String signed = """
            From: Carol <{carol}>
            To: {info}
            Subject: %1$s
            MIME-Version: 1.0
            Content-Type: multipart/signed; protocol="%2$s"; micalg=sha-256; boundary="b.faraway.test"

            --b.faraway.test
            Content-Type: text/plain; charset=UTF-8

            What Carol has to say.
            --b.faraway.test
            Content-Type: %2$s; name="%3$s"
            Content-Disposition: attachment; filename="%3$s"
            Content-Transfer-Encoding: base64

            %4$s
            --b.faraway.test--
            """;

        carol.sends(signed.formatted("By S/MIME", "application/pkcs7-signature", "smime.p7s", certificate), "{info}");
        carol.sends(signed.formatted("By OpenPGP", "application/pgp-signature", "signature.asc", certificate), "{info}");

        for (Received received : alice.receivesSeveral(2)) {
            assertThat(received.text()).contains("What Carol has to say.").containsIgnoringCase("signature")
                .doesNotContain("smime.p7s").doesNotContain("signature.asc").doesNotContain("multipart/signed");
        }
    }

    @Test
    void forwardedMessageAndContactCardShouldNameNobody(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        Person dave = world.outsider("dave", "elsewhere.test");
        world.publicAddress("info", nina);

        carol.sends("""
            From: Carol <{carol}>
            To: {info}
            Subject: Forwarded
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: message/rfc822

            Received: from mx.elsewhere.test by mx.faraway.test
            From: Dave <{dave}>
            To: Carol <{carol}>
            Message-ID: <1@mx.elsewhere.test>
            Subject: Card of {dave}

            {dave} wrote to {carol}
            --b
            Content-Type: text/vcard; charset=UTF-8

            BEGIN:VCARD
            VERSION:4.0
            FN:Dave
            EMAIL;TYPE=work:{dave}
            EMAIL;TYPE=home:{carol}
            END:VCARD
            --b--
            """, "{info}");

        Received received = nina.receives("Forwarded");
        String phantom = received.address("From");
        assertThat(received.text()).contains("To: Carol <" + phantom + ">").contains("EMAIL;TYPE=home:" + phantom);
        // the one who is merely mentioned has a phantom too, and an answer to it reaches him
        String daves = value(received, "EMAIL;TYPE=work");
        assertThat(daves).matches("[a-z2-7]{26}@company\\.test").isNotEqualTo(phantom);
        assertThat(dave.unreadCount()).isZero();
    }

    @Test
    void attachmentShouldArriveToTheOctet(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", nina);
        byte[] picture = new byte[3_000_000];
        new Random(1).nextBytes(picture);
        String encoded = Base64.getMimeEncoder().encodeToString(picture);

        carol.sends("From: {carol}\nTo: {info}\nSubject: Picture\nMIME-Version: 1.0\nContent-Type: image/jpeg; name=\"a.jpg\"\n"
            + "Content-Transfer-Encoding: base64\n\n" + encoded + "\n", "{info}");
        Received received = nina.receives("Picture");
        assertThat(new String(received.body(), StandardCharsets.US_ASCII).strip()).isEqualTo(encoded);
        world.server().expectNoTemporaryMessages();
    }
}
