package io.mailveil.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cursor over the lines of a message that stops at the delimiters of the multiparts it is in (RFC 2046 section 5.1.1).
 *
 * <p>A line is what ends in CRLF or LF. A delimiter is a whole line: two hyphens, the boundary, two more hyphens at the end of the
 * multipart, and nothing behind it but white space. A delimiter of an outer multipart ends the inner ones as well.
 *
 * <p>Why not mime4j's {@code MimeTokenStream}, which reads the same grammar: version 0.8.9 takes the middle of a line for a
 * delimiter when its buffer happens to begin there, and a longer boundary for a shorter one when its buffer happens to end there, so
 * that the same message is read in two ways ({@code LinesTest} shows it); it skips broken header lines silently; and it does not tell a
 * multipart that ended from one that never began.
 */
final class Lines {
    private static final int BUFFER = 16 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private final List<byte[]> boundaries = new ArrayList<>();
    private int limit;
    private int next;
    private boolean eof;
    private boolean atLineStart = true;

    private int start;
    private int end;
    private int lineBreak;
    private int stoppedAt = -1;
    private boolean closing;

    Lines(InputStream in) {
        this.in = in;
    }

    /** Goes on to the next line, or the next piece of a very long one; false before a delimiter and at the end of the stream. */
    boolean next() throws IOException {
        if (stoppedAt >= 0 || !readLine()) {
            return false;
        }
        boolean whole = atLineStart;
        atLineStart = lineBreak > 0;
        if (whole && !boundaries.isEmpty() && end - start >= 2 && buffer[start] == '-' && buffer[start + 1] == '-') {
            findDelimiter();
            return stoppedAt < 0;
        }
        return true;
    }

    private boolean readLine() throws IOException {
        int scanned = next;
        while (true) {
            int i = scanned;
            while (i < limit && buffer[i] != '\n') {
                i++;
            }
            if (i < limit) {
                start = next;
                end = i > start && buffer[i - 1] == '\r' ? i - 1 : i;
                lineBreak = i + 1 - end;
                next = i + 1;
                return true;
            }
            scanned = limit;
            if (eof || limit - next == buffer.length) {
                return piece();
            }
            scanned -= next;
            fill();
        }
    }

    /** What is left at the end of the stream, or as much of a line as there is room for. */
    private boolean piece() {
        start = next;
        end = limit;
        if (!eof && buffer[end - 1] == '\r') {
            end--;
        }
        lineBreak = 0;
        next = end;
        return end > start;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, next, buffer, 0, limit - next);
        limit -= next;
        next = 0;
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            eof = true;
        } else {
            limit += count;
        }
    }

    private void findDelimiter() {
        int last = end;
        while (last > start && (buffer[last - 1] == ' ' || buffer[last - 1] == '\t' || buffer[last - 1] == '\r')) {
            last--;
        }
        for (int level = boundaries.size() - 1; level >= 0; level--) {
            byte[] boundary = boundaries.get(level);
            int behind = start + 2 + boundary.length;
            if (behind <= last && Arrays.equals(buffer, start + 2, behind, boundary, 0, boundary.length)) {
                boolean close = last - behind == 2 && buffer[behind] == '-' && buffer[behind + 1] == '-';
                if (close || last == behind) {
                    stoppedAt = level;
                    closing = close;
                    return;
                }
            }
        }
    }

    /** Where the bytes of the current line are. They are gone after the next call of {@link #next}. */
    byte[] buffer() {
        return buffer;
    }

    /** The first byte of the line. */
    int start() {
        return start;
    }

    /** Behind the last byte of the line, before its line break. */
    int end() {
        return end;
    }

    /** Number of octets of the line break: 2, 1, or 0 if the line goes on or the stream ended. */
    int lineBreak() {
        return lineBreak;
    }

    /** From now on this boundary ends a part. */
    void enter(byte[] boundary) {
        boundaries.add(boundary);
    }

    /** How many multiparts the cursor is in. */
    int level() {
        return boundaries.size();
    }

    /** Leaves the innermost multipart. */
    void leave() {
        int level = boundaries.size() - 1;
        boundaries.remove(level);
        if (stoppedAt == level) {
            stoppedAt = -1;
        }
    }

    /** Whether the cursor stands before another part of the innermost multipart; goes behind the delimiter if so. */
    boolean nextPart() {
        if (stoppedAt == boundaries.size() - 1 && !closing) {
            stoppedAt = -1;
            return true;
        }
        return false;
    }

    /** Whether the cursor stopped at a delimiter, so that the line break before it is none of the part's. */
    boolean atDelimiter() {
        return stoppedAt >= 0;
    }

    /** Goes to the end of the part without looking. */
    void skip() throws IOException {
        while (next()) {
            continue;
        }
    }
}
