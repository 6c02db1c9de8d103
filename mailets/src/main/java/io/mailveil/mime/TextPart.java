package io.mailveil.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text part for the other side: decoded, read in its charset and in those that a lenient reader may try, scrubbed, and encoded again
 * only if something changed.
 */
final class TextPart {
    /** Stands where something was taken out. */
    static final String NOTICE = "[The digital signature or key that was here has been removed by the mail gateway.]";

    private static final int MAX_ROUNDS = 3;

    private final Rewriting rewriting;
    private final PartKind kind;
    private final Optional<String> charset;
    private final boolean joinsLines;

    private byte[] content;
    private TransferEncoding encoding;

    private TextPart(Rewriting rewriting, PartHeader header) {
        this.rewriting = rewriting;
        this.kind = header.kind();
        this.charset = header.charset();
        this.joinsLines = header.joinsLines();
        this.encoding = header.encoding();
    }

    /** Works on the content of a part as it came. */
    static TextPart rewrite(PartHeader header, byte[] raw, Rewriting rewriting) throws IOException {
        TextPart part = new TextPart(rewriting, header);
        part.rewrite(raw);
        return part;
    }

    /** What goes out, in {@link #encoding()}. */
    byte[] content() {
        return content;
    }

    /** How it is encoded now: as before, unless it cannot be. */
    TransferEncoding encoding() {
        return encoding;
    }

    private void rewrite(byte[] raw) throws IOException {
        byte[] clean = encoding == TransferEncoding.IDENTITY ? withCleanLines(raw) : raw;
        TransferEncoding.Decoded decoded = encoding.decode(clean);
        if (decoded.octets().length > rewriting.limits().textOctets()) {
            throw new UnreadableMessageException("a text part of more than " + rewriting.limits().textOctets() + " octets");
        }
        byte[] fresh = rewriteText(decoded.octets());
        if (fresh == decoded.octets() && decoded.byTheRules()) {
            content = clean;
            return;
        }
        if (!encoding.carries(fresh)) {
            encoding = TransferEncoding.QUOTED_PRINTABLE;
        }
        content = encoding.encode(fresh);
    }

    /** Every line break as CRLF, no NUL (RFC 5322 section 2.1, RFC 2045 section 2.8). */
    private byte[] withCleanLines(byte[] raw) throws IOException {
        boolean clean = true;
        for (int i = 0; i < raw.length && clean; i++) {
            byte octet = raw[i];
            if (octet == 0 && TextCharset.isWide(TextCharset.of(charset, raw))) {
                throw new UnreadableMessageException("a text in UTF-16 without a transfer encoding");
            }
            clean = octet != 0 && (octet != '\n' || i > 0 && raw[i - 1] == '\r')
                && (octet != '\r' || i + 1 < raw.length && raw[i + 1] == '\n');
        }
        if (clean) {
            return raw;
        }
        ByteArrayOutputStream result = new ByteArrayOutputStream(raw.length + 64);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '\r' || raw[i] == '\n') {
                result.write('\r');
                result.write('\n');
                i += raw[i] == '\r' && i + 1 < raw.length && raw[i + 1] == '\n' ? 1 : 0;
            } else if (raw[i] != 0) {
                result.write(raw[i]);
            }
        }
        return result.toByteArray();
    }

    /** The same array if nothing changed. */
    private byte[] rewriteText(byte[] octets) throws IOException {
        byte[] whole = kind == PartKind.CALENDAR || kind == PartKind.CARD ? ContentLines.withWholeCharacters(octets) : octets;
        byte[] result = rewriteCharacters(whole);
        return result == whole ? octets : result;
    }

    private byte[] rewriteCharacters(byte[] octets) throws IOException {
        Charset main = TextCharset.of(charset, octets);
        byte[] result = octets;
        String text = new String(octets, main);
        String fresh = scrubbedFully(rewriteOnce(text));
        if (!fresh.equals(text)) {
            if (TextCharset.isExact(octets, main)) {
                result = fresh.getBytes(main);
            } else {
                main = StandardCharsets.ISO_8859_1;
                result = scrubbedFully(rewriteOnce(new String(octets, main))).getBytes(main);
            }
        }
        for (Charset other : otherReadings(main, result)) {
            String read = new String(result, other);
            String clean = scrubbedFully(read);
            if (!clean.equals(read)) {
                result = clean.getBytes(other);
            }
        }
        return result;
    }

    /** What a reader may take the text for who does not go by the label. */
    private static List<Charset> otherReadings(Charset main, byte[] octets) {
        boolean ascii = true;
        boolean nul = false;
        for (byte octet : octets) {
            ascii &= octet > 0;
            nul |= octet == 0;
        }
        List<Charset> result = new ArrayList<>();
        if (nul) {
            // before the others, which see nothing but ASCII with octets between that are of no account
            result.add(StandardCharsets.UTF_16LE);
            result.add(StandardCharsets.UTF_16BE);
        }
        if (!ascii || TextCharset.isWide(main)) {
            result.add(StandardCharsets.UTF_8);
        }
        result.removeIf(other -> other.equals(main) || !TextCharset.isExact(octets, other));
        // ASCII in nearly every charset
        if (!main.equals(StandardCharsets.ISO_8859_1) && !(ascii && main.equals(StandardCharsets.UTF_8))) {
            result.add(StandardCharsets.ISO_8859_1);
        }
        return result;
    }

    /** What may be done only once, since an id that was sealed must not be sealed again. */
    private String rewriteOnce(String text) throws IOException {
        String unsigned = withoutSignature(text);
        switch (kind) {
            case CALENDAR:
                return new CalendarText(rewriting).rewrite(unsigned);
            case CARD:
                return new CardText(rewriting).rewrite(unsigned);
            case STATUS:
                return new StatusText(rewriting).rewrite(unsigned);
            case HEADERS:
                return headers(unsigned);
            default:
                return ContentLinks.in(unsigned, rewriting::id);
        }
    }

    private String withoutSignature(String text) throws RefusedMessageException {
        if (rewriting.signature() == SignaturePolicy.PASS || !PgpArmor.standsIn(text)) {
            return text;
        }
        if (rewriting.signature() == SignaturePolicy.REFUSE) {
            throw new RefusedMessageException("signed mail does not pass here");
        }
        return PgpArmor.strip(text, NOTICE);
    }

    private String headers(String text) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        MessageOutput out = new MessageOutput(result);
        for (HeaderField field : rewriting.nestedHeader(HeaderReader.read(lines, rewriting.limits())).fields()) {
            out.field(field);
        }
        out.flush();
        return result.toString(StandardCharsets.UTF_8);
    }

    private String scrubbedFully(String text) throws UnreadableMessageException {
        if (!rewriting.scrubsText()) {
            return text;
        }
        String before = text;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            String after = scrubbed(before);
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        throw new UnreadableMessageException("a text in which a hidden address comes back when it is replaced");
    }

    private String scrubbed(String text) {
        Scrubber scrubber = rewriting.scrubber();
        if (joinsLines) {
            return scrubber.flowed(text);
        }
        // what is labelled as plain text and looks like HTML is shown as HTML by readers who know better
        return kind == PartKind.HTML || kind == PartKind.PLAIN ? scrubber.html(text) : scrubber.addresses(text);
    }
}
