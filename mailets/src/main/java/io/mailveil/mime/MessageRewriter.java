package io.mailveil.mime;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.apache.james.mime4j.util.MimeUtil;

import com.google.common.io.BaseEncoding;

/**
 * Takes a message through the gateway as a stream: a new header block, a new boundary, the body as it is.
 *
 * <p>Lines of the new header end in CRLF and are folded at 76 characters where there is white space (RFC 5322 section 2.1.1). The
 * boundary of the outermost multipart is replaced, since it stands in the header and may name a host; nothing else of the body is
 * looked at. Memory: the header block and one line at a time. Thread-safe, keeps nothing between messages.
 */
public final class MessageRewriter {
    /** A header block over this is not a message but an attack; common servers stop at a tenth of it. */
    static final int MAX_HEADER_OCTETS = 1024 * 1024;
    /** As many fields as no honest path of relays adds. */
    static final int MAX_FIELDS = 2000;

    private static final int FOLD_AT = 76;
    private static final int MAX_BOUNDARY = 200;
    private static final Pattern FIELD_NAME = Pattern.compile("[!-9;-~]+");
    private static final Pattern MBOX_LINE = Pattern.compile(">?From .*");
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Reads only the header block.
     *
     * @throws UnreadableMessageException if it is over a bound
     */
    public Header readHeader(InputStream in) throws IOException {
        return new Lines(in).header();
    }

    /**
     * Reads a message from {@code in} and writes what {@code transform} makes of it to {@code out}. Closes neither.
     *
     * @throws UnreadableMessageException if the message cannot be rewritten completely; what was written so far must be
     *                                    thrown away
     */
    public void rewrite(InputStream in, OutputStream out, HeaderTransform transform) throws IOException {
        Lines lines = new Lines(in);
        Header old = lines.header();
        Optional<String> boundary = old.first("Content-Type").flatMap(field -> ContentField.parse(field.body()))
            .filter(type -> type.value().startsWith("multipart/"))
            .flatMap(type -> type.parameter("boundary"));
        Header fresh = transform.apply(old);
        BufferedOutputStream buffered = new BufferedOutputStream(out, 8192);
        if (boundary.isPresent()) {
            String replacement = "=_" + BaseEncoding.base32().lowerCase().omitPadding().encode(random(15));
            write(withBoundary(fresh, replacement), buffered);
            lines.copyBody(buffered, boundary.get(), replacement);
        } else {
            write(fresh, buffered);
            lines.copyBody(buffered);
        }
        buffered.flush();
    }

    private static byte[] random(int octets) {
        byte[] bytes = new byte[octets];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static Header withBoundary(Header header, String boundary) {
        List<HeaderField> fields = new ArrayList<>();
        for (HeaderField field : header.fields()) {
            fields.add(field.key().equals("content-type")
                ? new HeaderField(field.name(), field.body() + "; boundary=\"" + boundary + '"') : field);
        }
        return new Header(fields);
    }

    private static void write(Header header, OutputStream out) throws IOException {
        for (HeaderField field : header.fields()) {
            String start = field.name() + ": ";
            out.write((start + MimeUtil.fold(field.body(), start.length()) + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** The message as lines; a line is what ends in LF, CRLF or the end of the stream. */
    private static final class Lines {
        private final BufferedInputStream in;
        private final byte[] chunk = new byte[8192];

        private Lines(InputStream in) {
            this.in = new BufferedInputStream(in, 8192);
        }

        private Header header() throws IOException {
            List<HeaderField> fields = new ArrayList<>();
            StringBuilder current = new StringBuilder();
            int octets = 0;
            while (true) {
                byte[] line = headerLine(MAX_HEADER_OCTETS - octets);
                octets += line.length;
                int length = lengthWithoutBreak(line);
                if (length == 0) {
                    finish(current, fields);
                    return new Header(fields);
                }
                String text = EncodedWords.read(line, length);
                if (line[0] == ' ' || line[0] == '\t') {
                    current.append(' ').append(text.trim());
                } else if (isField(text)) {
                    finish(current, fields);
                    current = new StringBuilder(text);
                } else if (!MBOX_LINE.matcher(text).matches()) {
                    // some readers go on with the header, others begin the body here: what one hides the other shows
                    throw new UnreadableMessageException("a line in the header that is no header field");
                }
            }
        }

        private static boolean isField(String line) {
            int colon = line.indexOf(':');
            return colon > 0 && FIELD_NAME.matcher(line.substring(0, colon).stripTrailing()).matches();
        }

        private static void finish(StringBuilder current, List<HeaderField> fields) throws UnreadableMessageException {
            if (current.length() == 0) {
                return;
            }
            if (fields.size() == MAX_FIELDS) {
                throw new UnreadableMessageException("more than " + MAX_FIELDS + " header fields");
            }
            int colon = current.indexOf(":");
            if (colon > 0) {
                fields.add(new HeaderField(current.substring(0, colon).trim(), current.substring(colon + 1).replace("\u0000", "")));
            }
        }

        private byte[] headerLine(int atMost) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(128);
            int octet;
            while ((octet = in.read()) >= 0) {
                if (line.size() == atMost) {
                    throw new UnreadableMessageException("a header of more than " + MAX_HEADER_OCTETS + " octets");
                }
                line.write(octet);
                if (octet == '\n') {
                    break;
                }
            }
            return line.toByteArray();
        }

        private static int lengthWithoutBreak(byte[] line) {
            int length = line.length;
            if (length > 0 && line[length - 1] == '\n') {
                length--;
            }
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
            return length;
        }

        private void copyBody(OutputStream out) throws IOException {
            in.transferTo(out);
        }

        private void copyBody(OutputStream out, String boundary, String replacement) throws IOException {
            byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.UTF_8);
            byte[] fresh = ("--" + replacement).getBytes(StandardCharsets.US_ASCII);
            if (delimiter.length > MAX_BOUNDARY) {
                throw new UnreadableMessageException("a boundary of more than " + MAX_BOUNDARY + " octets");
            }
            int length = 0;
            boolean inLongLine = false;
            int octet;
            while ((octet = in.read()) >= 0) {
                chunk[length++] = (byte) octet;
                if (octet == '\n' || length == chunk.length) {
                    if (inLongLine) {
                        out.write(chunk, 0, length);
                    } else {
                        copyLine(out, chunk, length, delimiter, fresh);
                    }
                    inLongLine = octet != '\n';
                    length = 0;
                }
            }
            if (inLongLine) {
                out.write(chunk, 0, length);
            } else {
                copyLine(out, chunk, length, delimiter, fresh);
            }
        }

        /** RFC 2046 section 5.1.1: a delimiter is the whole line, but for white space at its end. */
        private static void copyLine(OutputStream out, byte[] line, int length, byte[] delimiter, byte[] fresh) throws IOException {
            if (length >= delimiter.length && Arrays.equals(line, 0, delimiter.length, delimiter, 0, delimiter.length)) {
                String rest = new String(line, delimiter.length, length - delimiter.length, StandardCharsets.ISO_8859_1);
                String end = rest.stripTrailing();
                if (end.isEmpty() || end.equals("--")) {
                    out.write(fresh);
                    out.write(rest.getBytes(StandardCharsets.ISO_8859_1));
                    return;
                }
            }
            out.write(line, 0, length);
        }
    }
}
