package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Coverage-guided fuzzing of the rewriter: {@code ./mvnw -Pfuzz -pl mailets test}. Whatever comes in, either it is held or what comes out is
 * well-formed and shows no hidden address as it is; any other exception is a finding. It begins from the messages of the tests. Jazzer
 * writes the input of a finding to {@code src/test/resources/io}; it becomes a case in a table, named after what broke.
 */
class RewriterFuzz {
    private static final int MAX_LINE = 998;
    private static final Pattern CAROL = whole(SampleRewriting.CAROL);
    private static final Pattern JUERGEN = whole(SampleRewriting.JUERGEN);

    /** Letters and digits directly before or behind make it somebody else's address ({@link AddressBounds}). */
    private static Pattern whole(String address) {
        return Pattern.compile("(?<![a-z0-9])" + Pattern.quote(address) + "(?![a-z0-9-])", Pattern.CASE_INSENSITIVE);
    }

    @FuzzTest(maxDuration = "10m")
    void shouldHideOrHold(byte[] message) throws IOException {
        byte[] out;
        try {
            out = Rewritten.octets(message, new SampleRewriting());
        } catch (UnreadableMessageException e) {
            return;
        }
        String text = new String(out, StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContainPattern(CAROL).doesNotContainPattern(JUERGEN);
        assertThat(text).doesNotContain("\u0000");
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            assertThat(end).isGreaterThan(0);
            assertThat(text.charAt(end - 1)).isEqualTo('\r');
            assertThat(end - 1 - start).isLessThanOrEqualTo(MAX_LINE);
            start = end + 1;
        }
        assertThat(text.length() - start).isLessThanOrEqualTo(MAX_LINE);
        assertThat(text.replace("\r\n", "")).doesNotContain("\r");
    }
}
