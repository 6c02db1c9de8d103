package io.mailveil.mime;

import static io.mailveil.mime.SampleRewriting.CAROL;
import static io.mailveil.mime.SampleRewriting.CAROLS_PHANTOM;
import static io.mailveil.mime.SampleRewriting.JUERGENS_PHANTOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextPartTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "carol@world.test",
        "CAROL@World.Test",
        "mailto:carol@world.test",
        "<carol@world.test>",
        "carol%40world.test",
        "c%61rol%40world%2Etest",
        "carol%2540world.test",
        "carol&#64;world.test",
        "carol&#x40;world&period;test",
        "&#99;&#97;rol&commat;world.test",
        "carol&#0064world.test",
        "carol\\u0040world.test",
        "c\u00adarol@world.test",
        "\"carol\"@world.test",
        "carol the great@world.test",
        "=carol@world.test",
        "_carol@world.test_",
        "(carol@world.test).",
        "carol@world.test.",
        "carol@world.test.Please",
        "carol@world.test-account",
        "carol@world.test1",
        "carol@world.test.pdf",
        "carol@world.test\u306e",
        "\u306ecarol@world.test",
        "me:\\ncarol@world.test",
        "DOMAIN\\carol@world.test",
        "carol\\@world\\.test",
        "&nbspcarol@world.test",
        "href=3Dcarol@world.test",
        "carol=40world.test",
        "c=61rol=40wor=\nld.test",
        "<b>carol</b>@world.test",
        "https://track.example/c/Y2Fyb2xAd29ybGQudGVzdA==?x=1",
        "https://track.example/?to=eyJ0byI6ImNhcm9sQHdvcmxkLnRlc3QifQ",
        "carol@world.test.please",
        "100%carol@world.test", "%carol@world.test", "%63carol@world.test", "&carol@world.test", "\\carol@world.test",
        "carol@world.test%20", "carol%40world.test&amp;",
    })
    void plainTextShouldLoseTheAddressInEveryForm(String written) throws Exception {
        assertThat(Rewritten.body("Content-Type: text/plain; charset=iso-8859-1\n\nask " + written + " now\n"))
            .containsAnyOf(CAROLS_PHANTOM, Scrubber.HIDDEN).doesNotContainIgnoringCase("world").doesNotContain("Y2Fyb2xA", "mNhcm9sQ")
            .startsWith("ask ").endsWith(" now\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notcarol@world.test", "carol@world.tests", "carol@world.testing.example", "2carol@world.test",
        "https://track.example/c/ZGF2ZUB3b3JsZC50ZXN0Li4u", "a <3 b carol at <3 @world.test", "=ad and =\n40%"})
    void theAddressOfSomebodyElseShouldStay(String written) throws Exception {
        String message = "MIME-Version: 1.0\nContent-Type: text/plain\n\nask " + written + " now\n";
        assertThat(Rewritten.text(message)).isEqualTo(message);
    }

    @Test
    void linesThatGoOnShouldBeReadAsOne() throws Exception {
        String text = "> write to carol@wor \n> ld.test or to ca \nrol@world.test \nnow\n";
        assertThat(Rewritten.body("Content-Type: text/plain; format=flowed; delsp=yes\n\n" + text))
            .isEqualTo("> write to " + CAROLS_PHANTOM + " or to " + CAROLS_PHANTOM + " \nnow\n");
        String untouched = "MIME-Version: 1.0\nContent-Type: text/plain; format=flowed\n\n" + text.replace(" or to", " \nor");
        assertThat(Rewritten.text(untouched.replace("rol@world.test", "rol"))).isEqualTo(untouched.replace("rol@world.test", "rol"));
    }

    @Test
    void dataUrlsShouldBeLookedInto() throws Exception {
        String svg = "<svg><text>carol&#64;world.test</text></svg>";
        String body = Rewritten.body("Content-Type: text/html\n\n<img src=\"data:image/svg+xml;base64,"
            + Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8))
            + "\"><img src=\"data:image/png;base64,iVBORw0KGgo=\">\n");
        assertThat(body).contains("\"data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(
            svg.replace("carol&#64;world.test", CAROLS_PHANTOM).getBytes(StandardCharsets.UTF_8)) + "\"")
            .contains("\"data:image/png;base64,iVBORw0KGgo=\"");
    }

    @Test
    void controlCharactersShouldNotKeepAPartFromBeingLookedThrough() throws Exception {
        String body = Rewritten.body("Content-Type: tutf-16ext/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
            + "PHA+\nFrom: Carol <carol@world.test>\nS\u0001\0\0\0ubject: Lunch\n");
        assertThat(body).contains(CAROLS_PHANTOM).doesNotContain("world");
    }

    @Test
    void enrichedTextShouldBeReadWithoutItsTags() throws Exception {
        assertThat(Rewritten.body("Content-Type: text/enriched\n\n<bold>carol</bold>@world.test\n"))
            .contains(CAROLS_PHANTOM).doesNotContain("world");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "carol@world.test",
        "<a href=\"mailto:carol@world.test?subject=x\">carol@world.test</a>",
        "<a href='mailto:carol%40world.test'>",
        "carol<wbr>@<wbr>world.test",
        "carol<!-- no spam -->@world.test",
        "<b>carol</b>@<i>world</i>.test",
        "car&shy;ol&#8203;@world&#46;test",
        "&#99;&#x61;&#114;&#111;&#108;&#64;&#119;&#111;&#114;&#108;&#100;&#46;&#116;&#101;&#115;&#116;",
        "<script>var a = 'carol\\x40world.test';</script>",
        "<style>a { content: 'carol\\40world.test' }</style>",
        "<style>a { content: 'carol\\000040 world\\2e test' }</style>",
        "a <3 <i>carol</i>@world.tes</i><i>t",
        "<td>Name</td><td><b>carol</b>@world.test</td><td>x</td>",
    })
    void htmlShouldLoseTheAddressInEveryForm(String written) throws Exception {
        String body = Rewritten.body("Content-Type: text/html; charset=utf-8\n\n<p>ask " + written + " now</p>\n");
        assertThat(body).contains(CAROLS_PHANTOM).startsWith("<p>ask ").endsWith(" now</p>\n");
        assertThat(body.replaceAll("<[^>]*>", "").toLowerCase(Locale.ROOT)).doesNotContain("world");
    }

    @ParameterizedTest
    @CsvSource({
        "utf-8, jürgen@bücher.test | juergen@bücher.test",
        "iso-8859-1, juergen@bücher.test",
        "windows-1252, juergen@BÜCHER.test",
        "utf-8, juergen@ｂücher．test",
        "utf-8, juergen@bu\u0308cher.test",
        "utf-8, juergen@xn--bcher-kva.test",
        "utf-8, juergen@b%C3%BCcher.test",
        "utf-8, juergen@b&uuml;cher.test",
        "utf-8, juergen@bücher。test",
        "utf-8, 𝓳uergen@bücher.test",
    })
    void internationalDomainsShouldBeFoundInBothForms(String charset, String written) throws Exception {
        String text = written.substring(written.indexOf('|') + 1).trim();
        byte[] message = ("Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(("ä " + text + " ä").getBytes(charset))).getBytes(StandardCharsets.US_ASCII);
        assertThat(decodedBody(Rewritten.octets(message, new SampleRewriting()), Charset.forName(charset)))
            .isEqualTo("ä " + JUERGENS_PHANTOM + " ä");
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "utf-16", "utf-16le", "utf-16be", "utf-32", "iso-2022-jp", "shift_jis", "euc-jp", "gb18030", "big5",
        "koi8-r", "cp037"})
    void everyCharsetShouldBeRead(String name) throws Exception {
        Charset charset = Charset.forName(name);
        String kept = charset.newEncoder().canEncode('日') ? "日本語" : "text";
        byte[] message = ("Content-Type: text/plain; charset=" + name + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString((kept + " " + CAROL + " " + kept).getBytes(charset)))
            .getBytes(StandardCharsets.US_ASCII);
        assertThat(decodedBody(Rewritten.octets(message, new SampleRewriting()), charset))
            .isEqualTo(kept + " " + CAROLS_PHANTOM + " " + kept);
    }

    @Test
    void utf16WithoutAMarkInLittleEndianShouldBeRead() throws Exception {
        byte[] message = ("Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(("to " + CAROL).getBytes(StandardCharsets.UTF_16LE)))
            .getBytes(StandardCharsets.US_ASCII);
        assertThat(decodedBody(Rewritten.octets(message, new SampleRewriting()), StandardCharsets.UTF_16LE))
            .isEqualTo("to " + CAROLS_PHANTOM);
    }

    private static String decodedBody(byte[] message, Charset charset) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        return new String(Base64.getMimeDecoder().decode(text.substring(text.indexOf("\r\n\r\n") + 4)), charset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-99", "x-unknown", "\"\"", "us-ascii", "utf-16"})
    void wrongCharsetNamesShouldNotHideAnything(String charset) throws Exception {
        assertThat(Rewritten.body("Content-Type: text/plain; charset=" + charset + "\n\nask \u00e4 carol@world.test\n"))
            .isEqualTo("ask \u00e4 " + CAROLS_PHANTOM + "\n");
    }

    @Test
    void utf7ShouldBeHeld() {
        assertThatThrownBy(() -> Rewritten.text("Content-Type: text/plain; charset=UTF-7\n\ncarol+AEA-world.test\n"))
            .isInstanceOf(UnreadableMessageException.class);
    }

    @Test
    void quotedPrintableShouldBeReadAcrossSoftLineBreaks() throws Exception {
        assertThat(Rewritten.text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
            + "Gr=C3=BC=C3=9Fe an carol=40wor=\nld.test=20\nEnde =3D\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                + "Gr=C3=BC=C3=9Fe an " + CAROLS_PHANTOM + "=20\nEnde =3D\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Transfer-Encoding: quoted-printable\n\nGr=c3=BC=C3=9Fe =\nan =64=61ve\n",
        "Content-Transfer-Encoding: base64\n\nSGVs\nbG8gV29y\nbGQ=\n",
        "Content-Transfer-Encoding: base64\n\nSGVsbG8gV29ybGQ=\n\n\n",
        "Content-Transfer-Encoding: 8bit\n\nGr\u00c3\u00bc\u00c3\u009fe\n trailing  \n\n\n",
        "\nno transfer encoding, and 100% of carol at world dot test & co\n",
        "\n",
        "\nno end of line",
    })
    void textWithoutAnythingToHideShouldStayToTheByte(String content) throws Exception {
        String message = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n" + content;
        assertThat(Rewritten.text(message)).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({
        // ends in the middle of a quantum
        "Y2Fyb2xAd29ybGQudGVzd",
        // characters that are none of base64
        "Y2Fy!b2xA*d29ybGQudGVz-dA==",
        // goes on behind the padding
        "Y2Fyb2w=QHdvcmxkLnRlc3Q=",
        // white space anywhere
        "Y2Fyb2xAd 29y bGQudGVzdA==",
    })
    void brokenBase64ShouldBeWrittenByTheRules(String broken) throws Exception {
        String body = Rewritten.body("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + broken + "\n");
        String text = new String(Base64.getMimeDecoder().decode(body), StandardCharsets.US_ASCII);
        assertThat(text).doesNotContain(CAROL).startsWith(broken.endsWith("zd") ? "carol@world.tes" : CAROLS_PHANTOM);
    }

    @Test
    void brokenQuotedPrintableShouldBeWrittenByTheRules() throws Exception {
        assertThat(Rewritten.body("Content-Transfer-Encoding: quoted-printable\n\n50=% of =ZZ carol=4\n=40world.test =\n"))
            .isEqualTo("50=3D% of =3DZZ carol=3D4\n@world.test=20");
    }

    @Test
    void anUnknownTransferEncodingShouldBeReadAsNone() throws Exception {
        assertThat(Rewritten.text("Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\ncarol@world.test\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n" + CAROLS_PHANTOM + "\n");
    }

    @Test
    void longLinesShouldBecomeQuotedPrintable() throws Exception {
        String text = Rewritten.text("Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n" + "a".repeat(2000) + "\n");
        assertThat(text).contains("Content-Transfer-Encoding: quoted-printable");
        assertThat(text.lines().mapToInt(String::length).max().getAsInt()).isLessThanOrEqualTo(76);
        assertThat(text.replace("=\n", "")).endsWith("\n" + "a".repeat(2000) + "\n");
    }

    @Test
    void bareLineBreaksAndNulsShouldGo() throws Exception {
        byte[] message = "Content-Type: text/plain\n\none\ntwo\rthree\r\ncar\0ol@world.test\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(new String(Rewritten.octets(message, new SampleRewriting()), StandardCharsets.US_ASCII))
            .isEqualTo("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\nthree\r\n" + CAROLS_PHANTOM + "\r\n");
    }

    @Test
    void contentLinksShouldFollowTheirIds() throws Exception {
        assertThat(Rewritten.body("Content-Type: text/html\n\n<img src=\"cid:part1@world.test\">"
            + "<img src=cid:x><a style='url(cid:y%40z)'>\n"))
            .contains("\"cid:" + SampleRewriting.sealed("part1@world.test") + "\"")
            .contains("cid:" + SampleRewriting.sealed("x"))
            .contains("(cid:" + SampleRewriting.sealed("y@z") + ")");
        assertThat(Rewritten.body("\n\nlook: [cid:image001.png@01D9.AB]\n"))
            .contains("[cid:" + SampleRewriting.sealed("image001.png@01D9.AB") + "]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<img src='cid&#58;a@world.test'>               | 'cid:%s'",
        "<img srcset='cid:x 1x, cid:a@world.test 2x'>   | , cid:%s 2x",
        "<img srcset='cid:x,cid:a@world.test 2x'>       | ,cid:%s 2x",
        "<b style='background: url(cid:a@world.test)'>  | (cid:%s)",
        "<b style='x: url(&quot;CID:a%40world.test&quot;)'> | CID:%s&quot;",
        "<blockquote cite='mid:a@world.test'>           | 'mid:%s'",
        "<a href='mid:a@world.test/a@world.test'>       | 'mid:%s/%s'",
    })
    void linksInEveryFormShouldFollowTheirIds(String written, String expected) throws Exception {
        String sealed = SampleRewriting.sealed("a@world.test");
        for (String type : new String[] {"text/html", "application/smil"}) {
            assertThat(Rewritten.body("Content-Type: " + type + "\n\n" + written.replace("'", "\"") + "\n"))
                .contains(expected.replace("'", "\"").replace("%s", sealed)).doesNotContain("world");
        }
    }

    @Test
    void whatOnlyLooksLikeALinkShouldStay() throws Exception {
        String message = "MIME-Version: 1.0\nContent-Type: text/plain\n\nacid:x, mid:summer, CID: a policeman, humid:x@y\n";
        assertThat(Rewritten.text(message)).isEqualTo(message);
    }

    @Test
    void textShouldPassUnscrubbedWhereTheMemberMayKnow() throws Exception {
        assertThat(Rewritten.text("Content-Type: text/html\n\n<img src=\"cid:x\">carol@world.test\n",
            new SampleRewriting().withoutScrubbing()))
            .endsWith("<img src=\"cid:" + SampleRewriting.sealed("x") + "\">carol@world.test\n");
    }

    @ParameterizedTest
    @CsvSource({
        "application/octet-stream; name=people.csv",
        "application/octet-stream; name=\"Notes.TXT\"",
        "application/json",
        "application/vnd.acme+json",
        "image/svg+xml",
        "application/xml",
        "text/x-log",
        "application/octet-stream; name*=utf-8''page.h%74ml",
        "application/octet-stream",
        "application/x-world.test",
    })
    void textUnderAnotherNameShouldBeLookedThrough(String type) throws Exception {
        assertThat(Rewritten.body("Content-Type: " + type + "\n\n{\"to\": \"carol@world.test\"}\n"))
            .isEqualTo("{\"to\": \"" + CAROLS_PHANTOM + "\"}\n");
    }

    @Test
    void textOverTheLimitShouldBeHeld() {
        String message = "Content-Type: text/plain\n\n" + "abc\n".repeat(1000);
        assertThatThrownBy(() -> Rewritten.text(message, new SampleRewriting().with(Limits.DEFAULT.withTextOctets(1000))))
            .isInstanceOf(UnreadableMessageException.class).hasMessageContaining("1000");
    }
}
