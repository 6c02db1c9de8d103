package io.mailveil.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeakOracleTest {
    private static final String HEADERS = "From: Dave <x7k@company.test>\r\nTo: info@company.test\r\nSubject: Hello\r\n"
        + "Date: Thu, 1 Jan 2026 10:00:00 +0000\r\nMessage-ID: <n4.q@company.test>\r\nMIME-Version: 1.0\r\n";
    private static final String SENTENCE = "really carol@world.test gets it";
    private static final LeakOracle ORACLE = LeakOracle.hiding("carol@world.test", "mia@b\u00fccher.test").showing("company.test");

    private static byte[] message(String more) {
        return Hiding.octets(HEADERS + more);
    }

    private static byte[] body(String body) {
        return message("Content-Type: text/plain\r\n\r\nHello,\r\n" + body + "\r\nBye\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void shouldFindAnAddressInTheBody(Hiding hiding) {
        assertThat(ORACLE.search(body(hiding.hide(SENTENCE)))).extracting(Leak::what).contains("address carol@world.test");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"SOFT_BREAKS", "UUENCODE"})
    void shouldFindAnAddressInAHeader(Hiding hiding) {
        assertThat(ORACLE.inHeadersOnly().search(message("X-Note: " + hiding.hide(SENTENCE).replaceAll("\n(?! )", "\n ") + "\r\n\r\n")))
            .extracting(Leak::what).contains("address carol@world.test");
    }

    @Test
    void shouldFindAnAddressHiddenInAnyTwoWays() {
        List<String> missed = new ArrayList<>();
        for (Hiding inner : Hiding.values()) {
            for (Hiding outer : Hiding.values()) {
                String hidden = inner.hide("see " + SENTENCE + ", see the end of the line");
                if (outer.canHide(hidden) && ORACLE.search(body(outer.hide(hidden))).isEmpty()) {
                    missed.add(inner + " in " + outer);
                }
            }
        }
        assertThat(missed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CAROL@WORLD.TEST", "mailto:carol@world.test", "<carol@world.test>", "(carol@world.test)", "'carol@world.test'",
        "*carol@world.test*", "_carol@world.test_", "...carol@world.test...", "carol@world.test.", "carol@world.test,",
        "https://company.test/?from=carol@world.test&x=1", "https://company.test/?q=hello+carol%40world.test", "carol@world.test.eml",
        "carol@world.test.1700000000", "carol@world.test-7", "carol@world.test_", "bounce-carol=world.test@company.test",
        "srs0=hash=tt=world.test=carol@company.test", "carol%world.test@company.test", "world.test!carol",
        "carol_at_world_test@company.test",
        "carol_at_world.test@company.test", "\"carol\"@world.test", "\"ca\\rol\"@world.test", "carol@(a comment)world.test",
        "carol(a comment)@world.test", "carol (a (nested) comment) @ world.test", "carol @ world . test", "carol\r\n @world.test",
        "carol@world.\r\ntest", "> carol@wor \r\n> ld.test", "begin\r\n\tcarol@world.test", "carol@world&#x2e;test", "carol@world&#46test",
        "&#00099;arol@world.test", "carol&commat;world&period;test", "carol&#64;world%2Etest", "carol%2540world.test",
        "carol%252540world.test",
        "c&shy;arol@world.test", "ca<!-- x -->rol@world.test", "<b>carol</b><i>@</i><b>world.test</b>", "carol@world<wbr>.test",
        "{\"a\":\"carol\\u0040world.test\"}", "DESCRIPTION:a\\ncarol@world.test\\nb", "ATTENDEE;CN=C:mailto:carol@wor\r\n ld.test",
        "MIA@B%C3%BCCHER.test", "mia@xn--bcher-kva.test", "mia@b=C3=BCcher.test", "mia@b&uuml;cher.test", "mia@bu&#776;cher.test",
        "mia@b\u00fccher.test", "mia@b\\u00fccher.test", "=?iso-8859-1?q?mia=40b=FCcher.test?=", "=?x-unknown?q?carol=40world.test?=",
        "=?utf-8?q?carol=40?= =?utf-8?b?d29ybGQudGVzdA==?=", "=?utf-8?q?carol@world=2Etest", "carol\u0000@world.test",
        "ca&#x3164;rol@world.test", "carol@world&#xffa0;.test", "carol&#x17b4;@world.test", "carol&#xe0061;@world.test",
        "carol&#x1d173;@world.test"})
    void shouldFindAnAddressAsItMayBeWritten(String text) {
        assertThat(ORACLE.search(body(text))).extracting(Leak::what).isNotEmpty().allMatch(what -> what.startsWith("address "));
    }

    static Stream<Arguments> addressesInPlaces() {
        String nested = "Subject: x\r\nFrom: carol@world.test\r\n\r\nbody\r\n";
        return Stream.of(
            Arguments.of("preamble", mixed("carol@world.test\r\n--b\r\n\r\nx\r\n--b--\r\n"), "preamble of the message"),
            Arguments.of("epilogue", mixed("--b\r\n\r\nx\r\n--b--\r\ncarol@world.test\r\n"), "end of the message"),
            Arguments.of("text part", mixed("--b\r\n\r\nx\r\n--b\r\n\r\ncarol@world.test\r\n--b--\r\n"), "body of part 2"),
            Arguments.of("part header", mixed("--b\r\nContent-Description: carol@world.test\r\n\r\nx\r\n--b--\r\n"),
                "header content-description of part 1"),
            Arguments.of("file name",
                mixed("--b\r\nContent-Disposition: attachment; filename*=utf-8''carol%40world.test.pdf\r\n\r\nx\r\n--b--"),
                "header content-disposition of part 1, after percent-decoding"),
            Arguments.of("nested message", mixed("--b\r\nContent-Type: message/rfc822\r\n\r\n" + nested + "--b--\r\n"),
                "header from of the message in part 1"),
            Arguments.of("encoded nested message", mixed("--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(Hiding.octets(nested)) + "\r\n--b--\r\n"), "header from of the message in part 1"),
            Arguments.of("delivery report", mixed("--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; "
                + "carol@world.test\r\n--b--\r\n"), "the message/delivery-status of part 1"),
            Arguments.of("subject", Hiding.octets("Subject: a\r\n carol@world.test\r\n\r\n"), "header subject of the message"),
            Arguments.of("field name", Hiding.octets("X-carol=world.test: a\r\n\r\n"), "header x-carol=world.test of the message"),
            Arguments.of("no empty line", Hiding.octets("Subject: a\r\ncarol@world.test"), "header carol@world.test of the message"),
            Arguments.of("no header", Hiding.octets("\r\ncarol@world.test"), "body of the message"),
            Arguments.of("bare line feeds", Hiding.octets("Subject: a\n\ncarol@world.test"), "body of the message"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("addressesInPlaces")
    void shouldSayWhereAnAddressIs(String name, byte[] message, String where) {
        assertThat(ORACLE.search(message)).filteredOn(leak -> leak.what().equals("address carol@world.test")).extracting(Leak::where)
            .contains(where);
    }

    static Stream<Arguments> domainsInStructure() {
        return Stream.of(
            Arguments.of("subject", message("X-Subject: news from World.Test\r\n\r\n")),
            Arguments.of("another address", message("Cc: someone@world.test\r\n\r\n")),
            Arguments.of("display name", message("Cc: \"world.test\" <x@company.test>\r\n\r\n")),
            Arguments.of("encoded display name", message("Cc: =?utf-8?b?d29ybGQudGVzdA==?= <x@company.test>\r\n\r\n")),
            Arguments.of("message id", message("References: <a@company.test>\r\n <n1.x2@world.test>\r\n\r\n")),
            Arguments.of("message id with a time", message("References: <world.test.1700000000.1@company.test>\r\n\r\n")),
            Arguments.of("host", message("Received: from mx1.world.test by company.test\r\n\r\n")),
            Arguments.of("folded", message("X-Note: a wor\r\n ld.test\r\n\r\n")),
            Arguments.of("URL", message("List-Help: <https://help.world.test/x>\r\n\r\n")),
            Arguments.of("boundary", message("Content-Type: multipart/mixed; boundary=\"=_world.test_17\"\r\n\r\nx\r\n")),
            Arguments.of("line of another boundary", body("--=_world.test_17\r\n\r\nx\r\n--=_world.test_17--")),
            Arguments.of("parameter", message("Content-Type: text/plain; name=world.test.pdf\r\n\r\nx\r\n")),
            Arguments.of("cut parameter", message("Content-Type: text/plain; name*0=wor; name*1=ld.t; name*2=est\r\n\r\nx\r\n")),
            Arguments.of("parameter of a part", mixed("--b\r\nContent-Type: text/plain; name*=''world%2Etest\r\n\r\nx\r\n--b--\r\n")),
            Arguments.of("content id", mixed("--b\r\nContent-ID: <image1@world.test>\r\n\r\nx\r\n--b--\r\n")),
            Arguments.of("cid URL", html("<img src=3D\"cid:image1%40world.test\">")),
            Arguments.of("mid URL", html("<a href=3D\"mid:image1@world.te=\r\nst\">")),
            Arguments.of("nested message",
                mixed("--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <1@world.test>\r\n\r\nx\r\n--b--\r\n")),
            Arguments.of("encoded nested message", mixed("--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(Hiding.octets("To: you@world.test\r\n\r\nx")) + "\r\n--b--\r\n")),
            Arguments.of("part of a nested message",
                mixed("--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=c"
                + "\r\n\r\n--c\r\nContent-ID: <1@world.test>\r\n\r\nx\r\n--c--\r\n--b--\r\n")),
            Arguments.of("delivery report",
                mixed("--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.world.test\r\n"
                + "--b--\r\n")),
            Arguments.of("returned headers",
                mixed("--b\r\nContent-Type: text/rfc822-headers\r\n\r\nReceived: from mx.world.test\r\n--b--\r\n")),
            Arguments.of("calendar id",
                message("Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nUID:17@wor\r\n ld.test\r\nEND:VEVENT\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("domainsInStructure")
    void shouldFindADomainInStructure(String name, byte[] message) {
        assertThat(ORACLE.search(message)).extracting(Leak::what).contains("domain world.test");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("domainsInStructure")
    void shouldNotLookForADomainThatBothSidesKnow(String name, byte[] message) {
        assertThat(ORACLE.showing("world.test").search(message)).isEmpty();
        assertThat(ORACLE.showing("mx.world.test").search(message)).isEmpty();
        assertThat(ORACLE.showing("my-world.test", "test").search(message)).isNotEmpty();
    }

    static Stream<Arguments> cleanMessages() {
        byte[] random = new byte[100_000];
        new Random(1).nextBytes(random);
        String japanese = Hiding.latin("\u3053\u3093\u306b\u3061\u306f\u3001world.test\u306e\u307f\u306a\u3055\u307e");
        return Stream.of(
            Arguments.of("nothing", message("\r\n")),
            Arguments.of("empty", new byte[0]),
            Arguments.of("domain in text", body("We met at world.test, www.world.test and \"world.test\".")),
            Arguments.of("domain in URL", body("https://world.test/x https://www.world.test/?a=1%20b http://user@world.test/")),
            Arguments.of("domain in HTML", html("<p>See <a href=3D\"https://world.test/?x=3D1&amp;y=3D2\">world&#46;test</a></p>")),
            Arguments.of("another address at the domain", body("dave@world.test, =?utf-8?q?dave=40world.test?=, dave%40world.test")),
            Arguments.of("longer local part",
                body("xcarol@world.test x.carol@world.test x-carol@world.test x+carol@world.test x_carol@world.test")),
            Arguments.of("longer local part, encoded",
                body("xcarol%40world.test xcarol&#64;world.test xcarol=40world.test x<b>carol</b>@world.test")),
            Arguments.of("shorter local part", body("arol@world.test car@world.test")),
            Arguments.of("with a tag", body("carol+tag@world.test")),
            Arguments.of("longer domain",
                body("carol@world.testing carol@world.test.example carol@world.test.example. carol@world.test-a.example")),
            Arguments.of("longer domain, encoded",
                body("carol%40world.test.example carol&#64;world.test.example carol=40world.test.example")),
            Arguments.of("similar addresses at soft breaks", html("xca=\r\nrol@world.test x=\r\ncarol@world.test x.=\r\ncarol@world.test "
                + "carol@world.test=\r\n.example carol@world.test=\n.ex=\nample carol@world.test.=\r\nexample")),
            Arguments.of("shorter domain", body("carol@world.tes carol@orld.test carol@test")),
            Arguments.of("subdomain", body("carol@mx.world.test")),
            Arguments.of("the parts of the name apart", body("carol is at the world.test with carol @ home, @world.test")),
            Arguments.of("similar domains in headers",
                message("X-A: myworld.test, my-world.test, world.test.example, world.testing\r\n\r\n")),
            Arguments.of("similar domains in ids",
                message("References: <world@test> <world-test@company.test> <1@world.test.example>\r\n\r\n")),
            Arguments.of("domain in an attached text", mixed("--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nworld.test\r\n--b--\r\n")),
            Arguments.of("calendar text", message("Content-Type: text/calendar\r\n\r\nUID:1@company.test\r\nSUMMARY:at world.test\r\n")),
            Arguments.of("nested message text",
                mixed("--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nworld.test\r\n--b--\r\n")),
            Arguments.of("cut line", body("world.test --world.test is here-- \r\n-- \r\nworld.test\r\n--https://world.test/")),
            Arguments.of("Japanese", message("Content-Type: text/plain; charset=utf-8\r\n\r\n" + japanese + "\r\n")),
            Arguments.of("random attachment",
                mixed("--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(random) + "\r\n--b--\r\n")),
            Arguments.of("random octets", message("Content-Type: application/octet-stream\r\n\r\n"
                + new String(random, StandardCharsets.ISO_8859_1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cleanMessages")
    void shouldLetCleanMessagesPass(String name, byte[] message) {
        assertThatCode(() -> ORACLE.assertCleanIn(message)).doesNotThrowAnyException();
    }

    @Test
    void shouldFindAnAddressInALargeAttachment() {
        byte[] random = new byte[100_000];
        new Random(2).nextBytes(random);
        byte[] address = Hiding.octets(" carol@world.test ");
        System.arraycopy(address, 0, random, 50_001, address.length);

        assertThat(ORACLE.search(mixed("--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(random)
            + "\r\n--b--\r\n"))).hasSize(1);
    }

    @Test
    void shouldLookOnlyAtTheOutermostHeaders() {
        LeakOracle headers = ORACLE.inHeadersOnly();

        assertThat(headers.search(body("carol@world.test"))).isEmpty();
        assertThat(headers.search(mixed("--b\r\nContent-ID: <1@world.test>\r\n\r\nx\r\n--b--\r\n"))).isEmpty();
        assertThat(headers.search(message("X-Note: carol%40world.test\r\n\r\n"))).extracting(Leak::what)
            .containsExactlyInAnyOrder("address carol@world.test", "domain world.test");
    }

    @Test
    void shouldLetAHeaderNameWhatIsHidden() {
        byte[] message = message("X-Mailveil-Owner: carol@world.test,\r\n mia@world.test\r\n\r\ntext\r\n");

        assertThat(ORACLE.search(message)).isNotEmpty();
        assertThat(ORACLE.allowing("X-Other").search(message)).isNotEmpty();
        assertThat(ORACLE.allowing("x-mailveil-OWNER").search(message)).isEmpty();
        assertThat(ORACLE.allowing("X-Mailveil-Owner").inHeadersOnly().search(message)).isEmpty();
        assertThat(ORACLE.allowing("X-Mailveil-Owner").search(mixed("--b\r\nX-Mailveil-Owner: "
            + "carol@world.test\r\n\r\nx\r\n--b--"))).isNotEmpty();
    }

    @Test
    void shouldFindAnAddressWhoseDomainBothSidesKnow() {
        LeakOracle oracle = LeakOracle.hiding("secret@company.test").showing("company.test");

        assertThat(oracle.search(body("info@company.test"))).isEmpty();
        assertThat(oracle.search(body("secret@company.test"))).extracting(Leak::what).containsExactly("address secret@company.test");
    }

    @Test
    void shouldFindAddressesWithUnusualNames() {
        LeakOracle oracle = LeakOracle.hiding("\"carol smith\"@world.test", "o'neil+tag@World.test", "\u592a\u90ce@world.test",
            "a@[192.0.2.1]");

        assertThat(oracle.search(body("\"Carol Smith\"@world.test"))).hasSize(1);
        assertThat(oracle.search(body("O'Neil%2Btag@world.test"))).hasSize(1);
        assertThat(oracle.search(body("o&#39;neil+tag@world.test"))).hasSize(1);
        assertThat(oracle.search(body(Hiding.latin("\u592a\u90ce@world.test")))).hasSize(1);
        assertThat(oracle.search(body(Hiding.latin("\u592a\u90ce\uff20world.test", "Shift_JIS")))).hasSize(1);
        assertThat(oracle.search(body("a@[192.0.2.1]"))).hasSize(1);
    }

    @Test
    void shouldTellAllLeaksAtOnce() {
        byte[] message = message("X-Note: =?utf-8?q?carol=40world=2Etest?=\r\n\r\nHello,\r\nmia@b%C3%BCcher.test\r\n");

        assertThatThrownBy(() -> ORACLE.assertCleanIn(message)).isInstanceOf(AssertionError.class).hasMessage("3 leaks:\n"
            + "  address carol@world.test in header x-note of the message, after encoded words: X-Note: carol@world.test\\r\\n\n"
            + "  domain world.test in header x-note of the message, after encoded words: X-Note: carol@world.test\\r\\n\n"
            + "  address mia@b\u00fccher.test in body of the message, after percent-decoding, UTF-8: "
            + "Hello,\\r\\nmia@b\u00fccher.test\\r\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "carol", "@world.test", "carol@"})
    void shouldRefuseToHideWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> LeakOracle.hiding(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] mixed(String body) {
        return message("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body);
    }

    private static byte[] html(String body) {
        return message("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html>" + body + "</html>\r\n");
    }
}
