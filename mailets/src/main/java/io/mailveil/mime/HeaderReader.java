package io.mailveil.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.google.common.base.CharMatcher;

/** Reads header blocks (RFC 5322 section 2.2), of messages and of parts, unfolded. */
final class HeaderReader {
    private static final CharMatcher FIELD_NAME = CharMatcher.inRange('!', '9').or(CharMatcher.inRange(';', '~'));
    private static final Pattern MBOX_LINE = Pattern.compile(">?From .*");

    private final Limits limits;
    private final List<HeaderField> fields = new ArrayList<>();
    private StringBuilder current = new StringBuilder();

    private HeaderReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Reads up to and with the empty line; a part may also end before it.
     *
     * @throws UnreadableMessageException if the block is over a limit, or has a line that is no field
     */
    static Header read(Lines lines, Limits limits) throws IOException {
        return new HeaderReader(limits).read(lines);
    }

    private Header read(Lines lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        int octets = 0;
        while (lines.next()) {
            int length = lines.end() - lines.start();
            octets += length + 2;
            if (octets > limits.headerOctets()) {
                throw new UnreadableMessageException("a header of more than " + limits.headerOctets() + " octets");
            }
            line.write(lines.buffer(), lines.start(), length);
            if (lines.lineBreak() > 0) {
                if (line.size() == 0) {
                    break;
                }
                line(line.toByteArray());
                line.reset();
            }
        }
        if (line.size() > 0) {
            line(line.toByteArray());
        }
        finish();
        return new Header(fields);
    }

    private void line(byte[] raw) throws UnreadableMessageException {
        String text = EncodedWords.read(raw, raw.length);
        if (raw[0] == ' ' || raw[0] == '\t') {
            current.append(' ').append(text.trim());
        } else if (isField(text)) {
            finish();
            current = new StringBuilder(text);
        } else if (!MBOX_LINE.matcher(text).matches()) {
            // some readers go on with the header, others begin the body here: what one hides the other shows
            throw new UnreadableMessageException("a line in the header that is no header field");
        }
    }

    private static boolean isField(String line) {
        int colon = line.indexOf(':');
        return colon > 0 && isFieldName(line.substring(0, colon).stripTrailing());
    }

    private static boolean isFieldName(String name) {
        return !name.isEmpty() && FIELD_NAME.matchesAllOf(name);
    }

    private void finish() throws UnreadableMessageException {
        int colon = current.indexOf(":");
        if (colon <= 0) {
            return;
        }
        if (fields.size() == limits.headerFields()) {
            throw new UnreadableMessageException("more than " + limits.headerFields() + " header fields");
        }
        fields.add(new HeaderField(current.substring(0, colon).trim(), current.substring(colon + 1).replace("\u0000", "")));
    }
}
