package io.mailveil.mime;

import java.io.IOException;
import java.io.InputStream;

/** The octets of the part that a cursor stands in, just as they came; the line break before a delimiter belongs to the delimiter. */
final class PartInputStream extends InputStream {
    private static final byte[] CRLF = {'\r', '\n'};

    private final Lines lines;
    private byte[] source = CRLF;
    private int position;
    private int end;
    private boolean lineWaits;
    private int heldBack;
    private boolean done;

    PartInputStream(Lines lines) {
        this.lines = lines;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = 0;
        while (count < length && (position < end || advance())) {
            int some = Math.min(length - count, end - position);
            System.arraycopy(source, position, target, offset + count, some);
            position += some;
            count += some;
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    private boolean advance() throws IOException {
        while (!done) {
            if (lineWaits) {
                lineWaits = false;
                set(lines.buffer(), lines.start(), lines.end());
                heldBack = lines.lineBreak();
            } else if (lines.next()) {
                lineWaits = true;
                set(CRLF, CRLF.length - heldBack, CRLF.length);
            } else {
                done = true;
                set(CRLF, lines.atDelimiter() ? CRLF.length : CRLF.length - heldBack, CRLF.length);
            }
            if (position < end) {
                return true;
            }
        }
        return false;
    }

    private void set(byte[] bytes, int from, int to) {
        source = bytes;
        position = from;
        end = to;
    }
}
