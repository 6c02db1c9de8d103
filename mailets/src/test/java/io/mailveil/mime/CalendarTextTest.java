package io.mailveil.mime;

import static io.mailveil.mime.SampleRewriting.CAROLS_PHANTOM;
import static io.mailveil.mime.SampleRewriting.JUERGENS_PHANTOM;
import static io.mailveil.mime.SampleRewriting.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarTextTest {
    private final CalendarText calendar = new CalendarText(new SampleRewriting());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ORGANIZER:mailto:carol@world.test | ORGANIZER:mailto:" + CAROLS_PHANTOM,
        "ORGANIZER;CN=Carol:MAILTO:Carol@World.test | ORGANIZER;CN=Carol:mailto:" + CAROLS_PHANTOM,
        "ATTENDEE;CN=\"carol@world.test\";RSVP=TRUE:mailto:carol@world.test | ATTENDEE;RSVP=TRUE:mailto:" + CAROLS_PHANTOM,
        "ATTENDEE;CN=\"Carol, of world.test\":mailto:carol@world.test | ATTENDEE;CN=\"Carol, of\":mailto:" + CAROLS_PHANTOM,
        "ATTENDEE;SENT-BY=\"mailto:juergen@bücher.test\":mailto:carol%40world.test | ATTENDEE;SENT-BY=\"mailto:" + JUERGENS_PHANTOM
            + "\":mailto:" + CAROLS_PHANTOM,
        "ATTENDEE;DIR=\"ldap://ldap.world.test/x\";EMAIL=carol@world.test:urn:uuid:1 | ATTENDEE;EMAIL=" + CAROLS_PHANTOM + ":urn:uuid:1",
        "ORGANIZER;CN=x:mailto:nobody@there.test | ORGANIZER:invalid:nomail",
        "SUMMARY:with carol@world.test of world.test | SUMMARY:with " + CAROLS_PHANTOM + " of world.test",
        "X-WR-CALNAME:cal.world.test | X-WR-CALNAME:(hidden)",
        "X-ALT-DESC;FMTTYPE=text/html:<b>carol</b>@world.test | X-ALT-DESC;FMTTYPE=text/html:<b>" + CAROLS_PHANTOM + "</b>",
        "X-ALT-DESC;FMTTYPE=text/html:carol&#64\\;world.test | X-ALT-DESC;FMTTYPE=text/html:" + CAROLS_PHANTOM,
        "DESCRIPTION:call\\ncarol@world.test\\,or not | DESCRIPTION:call\\n" + CAROLS_PHANTOM + "\\,or not",
        "DTSTART;TZID=Europe/Berlin:20260101T100000 | DTSTART;TZID=Europe/Berlin:20260101T100000",
    })
    void peopleAndTextShouldBeThoseOfTheOtherSide(String in, String out) {
        assertThat(calendar.rewrite(in + "\r\n").replace("\r\n ", "")).isEqualTo(out + "\r\n");
    }

    @Test
    void idsShouldBeSealed() {
        assertThat(calendar.rewrite("UID:040000008200E00074C5B7101A82E0\r\n 08@world.test\r\nRELATED-TO:a@b\r\n").replace("\r\n ", ""))
            .isEqualTo("UID:" + sealed("040000008200E00074C5B7101A82E008@world.test") + "\r\nRELATED-TO:" + sealed("a@b") + "\r\n");
    }

    @Test
    void whoHasToBeLeftOutShouldBe() {
        assertThat(calendar.rewrite("ATTENDEE:mailto:nobody@there.test\r\nEND:VEVENT\r\n")).isEqualTo("END:VEVENT\r\n");
    }

    @Test
    void unchangedLinesShouldKeepTheirFolds() {
        String text = "DESCRIPTION:one\r\n  two\r\n\tthree\r\nSUMMARY:x\r\n";
        assertThat(calendar.rewrite(text)).isEqualTo(text);
    }

    @Test
    void aFoldWithinACharacterShouldBeUndone() throws Exception {
        String text = "SUMMARY:with juergen@b\u00c3\n \u00bccher.test\n";
        assertThat(Rewritten.body("Content-Type: text/calendar; charset=utf-8\n\n" + text))
            .isEqualTo("SUMMARY:with " + JUERGENS_PHANTOM + "\n");
        String other = "SUMMARY:with b\u00c3\n \u00bccher.test\n";
        assertThat(Rewritten.body("Content-Type: text/calendar; charset=utf-8\n\n" + other)).isEqualTo(other);
    }

    @Test
    void changedLinesShouldBeFoldedAt75Octets() {
        String text = calendar.rewrite("DESCRIPTION:" + "ä".repeat(100) + " car\r\n ol@world.test\r\n");
        assertThat(text.replace("\r\n ", "")).isEqualTo("DESCRIPTION:" + "ä".repeat(100) + " " + CAROLS_PHANTOM + "\r\n");
        assertThat(text.lines()).allMatch(line -> line.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= 75);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "EMAIL;TYPE=work:carol@world.test | EMAIL;TYPE=work:" + CAROLS_PHANTOM,
        "item1.EMAIL:CAROL@WORLD.TEST | item1.EMAIL:" + CAROLS_PHANTOM,
        "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe carol=40world.test | "
            + "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe " + CAROLS_PHANTOM,
        "NOTE;ENCODING=b:Y2Fyb2xAd29ybGQudGVzdA== | NOTE;ENCODING=b:"
            + "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFAY29tcGFueS50ZXN0",
        "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo= | PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=",
        "UID:urn:uuid:1 | UID:sealed-75726e3a757569643a31@company.test",
        "FN:Carol | FN:Carol",
    })
    void cardsShouldBeScrubbed(String in, String out) {
        assertThat(new CardText(new SampleRewriting()).rewrite(in + "\r\n").replace("\r\n ", "")).isEqualTo(out + "\r\n");
    }
}
