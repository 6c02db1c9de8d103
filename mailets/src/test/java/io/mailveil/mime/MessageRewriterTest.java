package io.mailveil.mime;

import static io.mailveil.mime.SampleRewriting.CAROLS_PHANTOM;
import static io.mailveil.mime.SampleRewriting.sealed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageRewriterTest {
    private static final String BASE64 = "SGVsbG8gV29ybGQh\n".repeat(3);

    /** Each message in {@code messages} has a neighbour with what comes out of it. */
    @ParameterizedTest
    @ValueSource(strings = {"newsletter", "forwarded-as-attachment", "bounce", "invitation", "openpgp-signed", "digest", "business-card",
        "nested-multiparts"})
    void shouldRewriteAsTheNeighbouringFileSays(String name) throws Exception {
        assertThat(Rewritten.text(Rewritten.resource(name))).isEqualTo(Rewritten.resource(name + ".expected"));
    }

    @Test
    void twiceTheSameShouldGiveTheSameApartFromBoundaries() throws Exception {
        byte[] message = Rewritten.resource("nested-multiparts").getBytes(StandardCharsets.ISO_8859_1);
        String once = new String(Rewritten.octets(message, new SampleRewriting()), StandardCharsets.ISO_8859_1);
        String again = new String(Rewritten.octets(message, new SampleRewriting()), StandardCharsets.ISO_8859_1);
        assertThat(once).isNotEqualTo(again);
        assertThat(Rewritten.withNumberedBoundaries(once)).isEqualTo(Rewritten.withNumberedBoundaries(again));
    }

    @Test
    void everythingButTheAllowedFieldsOfAPartShouldGo() throws Exception {
        assertThat(Rewritten.text("Content-Type: multipart/mixed; boundary=\"mx.world.test\"\n\npreamble of carol@world.test\n"
            + "--mx.world.test\n"
            + "Content-Type: image/png; name=\"carol@world.test.png\"; x-host=mx.world.test\nContent-Location: http://world.test/x\n"
            + "Content-ID: <1@world.test>\nContent-Disposition: attachment; filename*0*=utf-8''carol%40wor; filename*1=ld.test.png\n"
            + "Content-Description: =?utf-8?q?by_carol=40world=2Etest?=\nX-Attachment-Id: 1\nContent-Language: en, de\n"
            + "Content-Transfer-Encoding: base64 (mx.world.test)\n\n" + BASE64 + "--mx.world.test--\nepilogue of carol@world.test\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B1\"\n\n--B1\n"
                + "Content-Type: image/png; name=\"" + CAROLS_PHANTOM + ".png\";\n x-host=\"(hidden)\"\nContent-Transfer-Encoding: base64\n"
                + "Content-Disposition: attachment;\n filename=\"" + CAROLS_PHANTOM + ".png\"\n"
                + "Content-ID: <" + sealed("1@world.test") + ">\n"
                + "Content-Description: by " + CAROLS_PHANTOM + "\nContent-Language: en, de\n\n" + BASE64 + "--B1--\n");
    }

    @Test
    void theStartOfARelatedMultipartShouldFollowItsId() throws Exception {
        assertThat(Rewritten.text("Content-Type: multipart/related; type=\"text/html\"; start=\"<a@b>\"; boundary=x\n\n--x\n"
            + "Content-Type: text/html\nContent-ID: <a@b>\n\n<p>\n--x--\n"))
            .contains("start=\"<" + sealed("a@b") + ">\"").contains("Content-ID: <" + sealed("a@b") + ">");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Type: multipart/mixed; boundary=x\n\nask carol@world.test\n",
        "Content-Type: multipart/mixed; boundary=x\n\nask carol@world.test\n--x--\n",
        "Content-Type: multipart/mixed; boundary=x\n\nask carol@world.test\n--y\n\n--y--\n",
        "Content-Type: multipart/mixed\n\nask carol@world.test\n--x\n\n--x--\n",
        "Content-Type: multipart/mixed; boundary=\"\"\n\nask carol@world.test\n",
        "Content-Type: multipart/alternative; boundary=x\nContent-Transfer-Encoding: base64\n\nYXNrIGNhcm9sQHdvcmxkLnRlc3Q=\n",
    })
    void aMultipartWhoseBoundaryNeverComesShouldBeText(String message) throws Exception {
        String text = Rewritten.text(message);
        assertThat(text).contains("Content-Type: text/plain\n");
        String body = text.substring(text.indexOf("\n\n") + 2);
        assertThat(message.contains("base64") ? new String(Base64.getMimeDecoder().decode(body), StandardCharsets.US_ASCII) : body)
            .startsWith("ask " + CAROLS_PHANTOM);
    }

    @Test
    void aMultipartThatIsCutOffShouldBeClosed() throws Exception {
        assertThat(Rewritten.text("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=y\n\n"
            + "--y\n\none\n--x\n"
            + "\ntwo"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B1\"\n\n--B1\n"
                + "Content-Type: multipart/mixed; boundary=\"B2\"\n\n--B2\n\none\n--B2--\n--B1\n\ntwo\n--B1--\n");
    }

    @Test
    void aBoundaryThatBeginsLikeAnotherShouldBeToldFromIt() throws Exception {
        assertThat(Rewritten.text("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=xy\n\n"
            + "--xy  \n\none\n"
            + "--xyz\n--xy--\n--x\n\ntwo\n--x--\t\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B1\"\n\n--B1\n"
                + "Content-Type: multipart/mixed; boundary=\"B2\"\n\n--B2\n\none\n--xyz\n--B2--\n--B1\n\ntwo\n--B1--\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\nno field\n\ntext\n--x--\n",
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nno header at all\n--x--\n",
        "Subject: x\nno field\n\ntext\n",
        "Content-Type: message/partial; id=1; number=1; total=2\n\ntext\n",
        "Content-Type: message/external-body; access-type=anon-ftp; site=world.test; name=x\n\nContent-Type: image/png\n\n",
        "Content-Type: message/rfc822\n\n\nno header\n",
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n????\n",
    })
    void whatCannotBeReadForCertainShouldBeHeld(String message) {
        assertThatThrownBy(() -> Rewritten.text(message)).isInstanceOf(UnreadableMessageException.class);
    }

    @Test
    void aLineThatIsTooLongAndCannotBeBrokenShouldBeHeld() {
        assertThatThrownBy(() -> Rewritten.text(
            "Content-Type: image/png\nContent-Transfer-Encoding: quoted-printable\n\n=00" + "a".repeat(1000) + "\n"))
            .isInstanceOf(UnreadableMessageException.class);
    }

    @Test
    void limitsShouldHoldTheMessage() {
        assertThatThrownBy(() -> Rewritten.text("X: y\n".repeat(10_000) + "\n")).hasMessage("more than 2000 header fields");
        assertThatThrownBy(() -> Rewritten.text("X: " + "y".repeat(2_000_000) + "\n\n")).hasMessageContaining("1048576 octets");
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            deep.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\n\n--b").append(i).append('\n');
        }
        assertThatThrownBy(() -> Rewritten.text(deep + "\n")).hasMessageStartingWith("more than 30 levels");
        StringBuilder nested = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            nested.append("Content-Type: message/rfc822\n\n");
        }
        assertThatThrownBy(() -> Rewritten.text(nested + "\n")).hasMessageStartingWith("more than 30 levels");
        assertThatThrownBy(() -> Rewritten.text("Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n\nabc\n".repeat(2000)))
            .hasMessage("more than 1000 parts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"message/rfc822", "message/global"})
    void anEncodedMessageShouldBeDecoded(String type) throws Exception {
        String inner = Base64.getMimeEncoder().encodeToString(
            "From: Carol <carol@world.test>\r\nX-Host: mx.world.test\r\n\r\nby carol@world.test\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(Rewritten.text("Content-Type: " + type + "\nContent-Transfer-Encoding: base64\n\n" + inner + "\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: " + type + "\nContent-Transfer-Encoding: 8bit\n\n"
                + "From: Carol <" + CAROLS_PHANTOM + ">\n\nby " + CAROLS_PHANTOM + "\n");
    }

    @Test
    void aMessageAsAFileShouldBeRewrittenAndEncodedAgain() throws Exception {
        String inner = Base64.getMimeEncoder().encodeToString(
            "From: Carol <carol@world.test>\r\n\r\nby carol@world.test\r\n".getBytes(StandardCharsets.US_ASCII));
        String text = Rewritten.text("Content-Type: application/octet-stream; name=mail.eml\n"
            + "Content-Transfer-Encoding: base64\n\n" + inner + "\n");
        assertThat(text).startsWith("MIME-Version: 1.0\nContent-Type: application/octet-stream; name=mail.eml\n"
            + "Content-Transfer-Encoding: base64\n\n");
        assertThat(new String(Base64.getMimeDecoder().decode(text.substring(text.indexOf("\n\n"))), StandardCharsets.US_ASCII))
            .isEqualTo("From: Carol <" + CAROLS_PHANTOM + ">\r\n\r\nby " + CAROLS_PHANTOM + "\r\n");
    }

    @Test
    void headersAsTextShouldGetTheAllowlist() throws Exception {
        assertThat(Rewritten.body("Content-Type: text/rfc822-headers\n\nReceived: from mx.world.test\nFrom: carol@world.test\n"
            + "Subject: =?utf-8?q?carol=40world=2Etest?=\n"))
            .isEqualTo("From: " + CAROLS_PHANTOM + "\nSubject: " + CAROLS_PHANTOM + "\n");
    }

    @Test
    void base64InOneLongLineShouldBeBrokenIntoLines() throws Exception {
        String data = Base64.getEncoder().encodeToString(new byte[100_000]);
        String text = Rewritten.text("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + data + "\n");
        assertThat(text.lines().mapToInt(String::length).max().getAsInt()).isLessThanOrEqualTo(998);
        assertThat(text.replace("\n", "")).endsWith(data);
    }

    @Test
    void binaryContentShouldBecomeBase64() throws Exception {
        byte[] message = ("Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n" + "a\nb\0\r\u00ff")
            .getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(Rewritten.octets(message, new SampleRewriting()), StandardCharsets.ISO_8859_1);
        assertThat(text).startsWith("MIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        assertThat(Base64.getMimeDecoder().decode(text.substring(text.indexOf("\r\n\r\n"))))
            .isEqualTo("a\nb\0\r\u00ff".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void tnefShouldPassOrNotAsConfigured() throws Exception {
        String message = "Content-Type: application/octet-stream; name=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n\n" + BASE64;
        assertThat(Rewritten.body(message)).isEqualTo(BASE64);
        assertThatThrownBy(() -> Rewritten.text(message, new SampleRewriting().withoutTnef())).isInstanceOf(RefusedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=?UTF-8*en?Q?for_c=C2=ADarol@world.test?=", "=?utf-8*de-CH?B?Y2Fyb2zCrUB3b3JsZC50ZXN0?="})
    void encodedWordsWithALanguageShouldBeRead(String subject) throws Exception {
        String text = Rewritten.text("Subject: " + subject + "\n\nx\n");
        assertThat(EncodedWords.decode(text)).doesNotContain("world.test");
    }

    @Test
    void aVeryLongWordShouldNotTakeLong() throws Exception {
        String text = Rewritten.text("Subject: " + "a.".repeat(200_000) + "world.test\n\nx\n");
        assertThat(text).doesNotContain("world");
    }
}
