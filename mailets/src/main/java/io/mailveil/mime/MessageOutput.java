package io.mailveil.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.apache.james.mime4j.util.MimeUtil;

/** Writes a message so that any reader reads it in the same way: every line ends in CRLF and has at most 998 octets. */
final class MessageOutput {
    /** RFC 5322 section 2.1.1. */
    static final int MAX_LINE = 998;

    private static final int BUFFER = 16 * 1024;

    private static final boolean[] BASE64 = new boolean[256];
    private static final boolean[] NOT_SPECIAL = new boolean[256];

    static {
        Arrays.fill(NOT_SPECIAL, true);
        "\0\r\n".chars().forEach(c -> NOT_SPECIAL[c] = false);
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t".chars().forEach(c -> BASE64[c] = true);
    }

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int length;
    private int column;
    private boolean afterReturn;

    MessageOutput(OutputStream out) {
        this.out = out;
    }

    /** One field, folded at 76 characters where there is white space. */
    void field(HeaderField field) throws IOException {
        String start = field.name() + ": ";
        line(start + MimeUtil.fold(field.body(), start.length()));
    }

    /** A line and its end. */
    void line(String text) throws IOException {
        byte[] octets = (text + "\r\n").getBytes(StandardCharsets.UTF_8);
        raw(octets, octets.length, false);
    }

    /** Text that may stay without an end of line. */
    void text(String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        raw(octets, octets.length, false);
    }

    /** Base64 that comes from an encoder goes in here; closing it closes nothing. */
    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                raw(new byte[] {(byte) octet}, 1, true);
            }

            @Override
            public void write(byte[] octets, int offset, int count) throws IOException {
                raw(Arrays.copyOfRange(octets, offset, offset + count), count, true);
            }
        };
    }

    /** Ends the line if one was begun. */
    void freshLine() throws IOException {
        endOfPart();
        if (column > 0) {
            line("");
        }
    }

    /** What follows does not belong to what was written, so a carriage return at its end was one by itself. */
    void endOfPart() throws IOException {
        if (afterReturn) {
            afterReturn = false;
            lineBreak();
        }
    }

    /**
     * Content that is copied: LF and CR by themselves become CRLF, NUL is left out.
     *
     * @param base64 whether it is base64: then a line that is too long is broken, and what is no digit is left out, since readers take no
     *               notice of either (RFC 2045 section 6.8)
     * @throws UnreadableMessageException if a line that is too long cannot be broken
     */
    void raw(byte[] octets, int count, boolean base64) throws IOException {
        boolean[] copied = base64 ? BASE64 : NOT_SPECIAL;
        int from = 0;
        while (from < count) {
            int to = from;
            while (to < count && copied[octets[to] & 0xff]) {
                to++;
            }
            if (to > from) {
                endOfPart();
                run(octets, from, to, base64);
            }
            if (to < count && octets[to] == '\n') {
                afterReturn = false;
                lineBreak();
            } else if (to < count && octets[to] == '\r') {
                endOfPart();
                afterReturn = true;
            }
            from = to + 1;
        }
    }

    private void run(byte[] octets, int from, int to, boolean wrap) throws IOException {
        int position = from;
        while (column + to - position > MAX_LINE) {
            if (!wrap) {
                throw new UnreadableMessageException("a line of more than " + MAX_LINE + " octets that cannot be broken");
            }
            int some = MAX_LINE - column;
            append(octets, position, some);
            position += some;
            lineBreak();
        }
        append(octets, position, to - position);
        column += to - position;
    }

    private void lineBreak() throws IOException {
        if (length + 2 > BUFFER) {
            flushBuffer();
        }
        buffer[length++] = '\r';
        buffer[length++] = '\n';
        column = 0;
    }

    private void append(byte[] octets, int from, int count) throws IOException {
        if (length + count > BUFFER) {
            flushBuffer();
        }
        System.arraycopy(octets, from, buffer, length, count);
        length += count;
    }

    /** Copies a part to its end. */
    void copy(InputStream in, boolean base64) throws IOException {
        byte[] chunk = new byte[16 * 1024];
        int count;
        while ((count = in.read(chunk)) >= 0) {
            raw(chunk, count, base64);
        }
        endOfPart();
    }

    private void flushBuffer() throws IOException {
        out.write(buffer, 0, length);
        length = 0;
    }

    /** Hands everything on. */
    void flush() throws IOException {
        endOfPart();
        flushBuffer();
        out.flush();
    }
}
