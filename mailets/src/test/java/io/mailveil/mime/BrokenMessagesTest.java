package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenMessagesTest {
    /** Not as a piece of a longer address, which such a change can make. */
    private static final Pattern CAROL =
        Pattern.compile("(?<![a-z0-9])carol(@|%40|&#64;)world\\.test(?![a-z0-9.-]*[a-z])");
    private static final int MUTATIONS = 400;
    private static final String[] PIECES = {"\r\n", "\n", "\r", "\0", "--", "--b\r\n", "=", "=40", "%40", "&#64;", "carol@world.test",
        "<!--",
        ">",
        ":", "\r\nContent-Type: text/html\r\n", "Content-Transfer-Encoding: base64\r\n", "\r\n\r\n", "\u00e2\u0080\u008b", "?=",
        "=?utf-8?b?"};

    /** Cuts, copies and inserts at random places: what comes out has nothing of Carol in it, or nothing comes out. */
    @ParameterizedTest
    @ValueSource(strings = {"newsletter", "forwarded-as-attachment", "bounce", "invitation", "openpgp-signed", "digest", "business-card",
        "nested-multiparts"})
    void brokenMessagesShouldBeRewrittenCompletelyOrHeld(String name) {
        byte[] message = Rewritten.resource(name).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] broken = message;
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                broken = mutated(broken, random);
            }
            try {
                String text = new String(Rewritten.octets(broken, new SampleRewriting()), StandardCharsets.ISO_8859_1);
                assertThat(text.toLowerCase(Locale.ROOT)).as("mutation %d", i)
                    .doesNotContainPattern(CAROL);
                assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n", "\0");
                assertThat(text.split("\r\n")).allMatch(line -> line.length() <= MessageOutput.MAX_LINE);
            } catch (IOException held) {
                assertThat(held).hasMessageNotContaining("carol");
            }
        }
    }

    /** Each of these takes minutes, or the whole stack, if it is read carelessly. */
    @ParameterizedTest
    @ValueSource(strings = {"<", "<!--", "<a@", "&#", "%40", "\\u0040", "-----BEGIN PGP SIGNED MESSAGE-----\n", "Hash: x\n", "()", "@",
        "a@", "[cid:", "=?"})
    @Timeout(20)
    void repetitionsShouldNotTakeLong(String piece) throws Exception {
        String text = "-----BEGIN PGP SIGNED MESSAGE-----\n" + piece.repeat(1_000_000 / piece.length()).replaceAll("(.{900})", "$1\n");
        Rewritten.text("Content-Type: text/html\n\n" + text);
        Rewritten.text("Content-Type: text/plain\nContent-Transfer-Encoding: " + "()".repeat(20_000) + "\n\n" + text);
    }

    private static byte[] mutated(byte[] message, Random random) {
        int from = random.nextInt(message.length);
        int to = Math.min(message.length, from + random.nextInt(40));
        int into = random.nextInt(message.length);
        byte[] piece = random.nextBoolean() ? PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.ISO_8859_1)
            : Arrays.copyOfRange(message, from, to);
        int skipped = random.nextInt(3) == 0 ? Math.min(message.length - into, random.nextInt(20)) : 0;
        byte[] result = new byte[message.length + piece.length - skipped];
        System.arraycopy(message, 0, result, 0, into);
        System.arraycopy(piece, 0, result, into, piece.length);
        System.arraycopy(message, into + skipped, result, into + piece.length, message.length - into - skipped);
        return result;
    }
}
