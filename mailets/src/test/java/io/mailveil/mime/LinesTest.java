package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {
    /** An inner boundary that begins with the outer one. */
    private static final String PREFIX = "Content-Type: multipart/mixed; boundary=abc\r\n\r\n--abc\r\n"
        + "Content-Type: multipart/mixed; boundary=abcd\r\n\r\n--abcd\r\n\r\none\r\n--abcd\r\n\r\ntwo\r\n--abcd--\r\n--abc--\r\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1000})
    void theSizeOfReadsShouldMakeNoDifference(int size) throws Exception {
        Lines lines = new Lines(inPieces(PREFIX, size));
        HeaderReader.read(lines, Limits.DEFAULT);
        lines.enter("abc".getBytes(StandardCharsets.US_ASCII));
        lines.skip();
        assertThat(lines.nextPart()).isTrue();
        HeaderReader.read(lines, Limits.DEFAULT);
        lines.enter("abcd".getBytes(StandardCharsets.US_ASCII));
        lines.skip();
        List<String> parts = new ArrayList<>();
        while (lines.nextPart()) {
            HeaderReader.read(lines, Limits.DEFAULT);
            parts.add(new String(new PartInputStream(lines).readAllBytes(), StandardCharsets.US_ASCII));
        }
        assertThat(parts).containsExactly("one", "two");
    }

    /** Why mime4j's token stream is not used: if this fails one day, it may be. */
    @Test
    void mime4jShouldReadTheSameStructureInDifferentWays() throws Exception {
        Set<String> structures = new TreeSet<>();
        for (int padding = 3800; padding < 4200; padding++) {
            structures.add(structureByMime4j(padding));
        }
        assertThat(structures).hasSizeGreaterThan(1);
    }

    private static String structureByMime4j(int padding) throws Exception {
        MimeTokenStream stream = new MimeTokenStream();
        stream.parse(inPieces(PREFIX.replace("one", "1".repeat(padding)), 4096));
        StringBuilder structure = new StringBuilder();
        for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
            structure.append(state).append(' ');
        }
        return structure.toString();
    }

    private static InputStream inPieces(String text, int size) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, size));
            }

            @Override
            public int read(byte[] target) throws IOException {
                return read(target, 0, target.length);
            }
        };
    }

    @Test
    void veryLongLinesShouldComeInPieces() throws Exception {
        String text = "a".repeat(200_000) + "\r\n" + "b".repeat(65_535) + "\r\n--x\r\n";
        Lines lines = new Lines(inPieces(text, 4096));
        lines.enter("x".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(new PartInputStream(lines).readAllBytes(), StandardCharsets.US_ASCII))
            .isEqualTo(text.substring(0, text.length() - 7));
        assertThat(lines.nextPart()).isTrue();
    }
}
