package io.mailveil.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;

/**
 * What a message that came back says: the fields of a delivery status notification (RFC 3464), or as much as can be found in a bounce
 * that is none. Only reads; nothing of it may be shown to anybody as it is.
 *
 * <p>Reads as a stream and keeps at most {@value #MAX_PART_OCTETS} octets of a part that matters, {@value #MAX_RECIPIENTS} recipients and
 * {@value #MAX_IDS} ids; what lies beyond is not looked at. Immutable.
 */
public final class DeliveryReport {
    /** So much is kept of a status, of a returned message, of a text. */
    public static final int MAX_PART_OCTETS = 64 * 1024;
    /** A mail of ours has one recipient; his server may have made more of him. */
    public static final int MAX_RECIPIENTS = 100;
    /** A bounce names the message it is about early. */
    public static final int MAX_IDS = 50;

    private static final int MAX_TEXTS = 5;
    private static final Pattern ID = Pattern.compile("<([^<>\\s]{3,998})>");
    private static final Pattern EMPTY_LINE = Pattern.compile("(?:\\r?\\n)[ \\t]*(?:\\r?\\n)");

    /** What sort of report it is. */
    public enum Kind {
        /** A delivery status notification (RFC 3464). */
        STATUS,
        /** A read receipt (RFC 8098). */
        RECEIPT,
        /** A complaint (RFC 5965). */
        COMPLAINT,
        /** No report at all: a bounce in an old form, or anything else. */
        NONE
    }

    /** What is said of one recipient, in the sender's words. Lower case for {@code action}; empty for what is not there. */
    public static final class Recipient {
        private final String action;
        private final String status;
        private final String diagnostic;

        private Recipient(Header fields) {
            this.action = first(fields, "Action").toLowerCase(Locale.ROOT);
            this.status = first(fields, "Status");
            this.diagnostic = first(fields, "Diagnostic-Code");
        }

        private static String first(Header fields, String name) {
            return fields.first(name).map(HeaderField::body).orElse("");
        }

        /** {@code failed}, {@code delayed}, {@code delivered}, {@code relayed}, {@code expanded}, or nonsense. */
        public String action() {
            return action;
        }

        /** Should be a code of RFC 3463; programs write other things as well. */
        public String status() {
            return status;
        }

        /** What the other server said. */
        public String diagnostic() {
            return diagnostic;
        }
    }

    private final Kind kind;
    private final List<Recipient> recipients;
    private final Optional<Header> returned;
    private final Set<String> ids;
    private final String text;

    private DeliveryReport(Reader reader) {
        this.kind = reader.kind;
        this.recipients = ImmutableList.copyOf(reader.recipients);
        this.returned = Optional.ofNullable(reader.returned);
        this.ids = ImmutableSet.copyOf(reader.ids);
        this.text = reader.text.toString();
    }

    /**
     * Reads a message to its end. Does not close {@code in}.
     *
     * @throws UnreadableMessageException if it is over one of the limits, or its header cannot be read
     */
    public static DeliveryReport read(InputStream in, Limits limits) throws IOException {
        Reader reader = new Reader(limits);
        reader.message(new Lines(in));
        return new DeliveryReport(reader);
    }

    /** What sort of report it is. */
    public Kind kind() {
        return kind;
    }

    /** What it says of each recipient; empty if it is no {@link Kind#STATUS}, or one without any. */
    public List<Recipient> recipients() {
        return recipients;
    }

    /** The header of the message that came back, where it can be read. */
    public Optional<Header> returned() {
        return returned;
    }

    /** Every message id that is named anywhere, without angle brackets; those of the returned message first. */
    public Set<String> ids() {
        return ids;
    }

    /** What is written for people, as far as it is kept. */
    public String text() {
        return text;
    }

    /** One way through one message. */
    private static final class Reader {
        private final Limits limits;
        private final List<Recipient> recipients = new ArrayList<>();
        private final Set<String> ids = new LinkedHashSet<>();
        private final StringBuilder text = new StringBuilder();
        private Kind kind = Kind.NONE;
        private Header returned;
        private int parts;
        private int depth;
        private int texts;

        private Reader(Limits limits) {
            this.limits = limits;
        }

        private void message(Lines lines) throws IOException {
            Header header = HeaderReader.read(lines, limits);
            part(PartHeader.of(header, "text/plain"), lines);
            if (kind == Kind.NONE && returned == null) {
                returnedInText();
            }
            ids(header, "In-Reply-To", "References", "X-Original-Message-ID");
            Matcher matcher = ID.matcher(text);
            while (matcher.find() && ids.size() < MAX_IDS) {
                ids.add(matcher.group(1));
            }
        }

        private void part(PartHeader part, Lines lines) throws IOException {
            if (++parts > limits.parts()) {
                throw new UnreadableMessageException("more than " + limits.parts() + " parts");
            }
            switch (part.kind()) {
                case MULTIPART:
                    multipart(part, lines);
                    break;
                case STATUS:
                    status(part, beginning(part, lines));
                    break;
                case MESSAGE:
                case HEADERS:
                    returned(beginning(part, lines));
                    break;
                case PLAIN:
                case HTML:
                    text(part, lines);
                    break;
                default:
                    lines.skip();
            }
        }

        private void multipart(PartHeader part, Lines lines) throws IOException {
            if (++depth > limits.depth()) {
                throw new UnreadableMessageException("more than " + limits.depth() + " levels of multiparts");
            }
            lines.enter(part.boundary().orElseThrow());
            // a multipart that never begins is text
            text(part.asPlainText(), lines);
            while (lines.nextPart()) {
                part(PartHeader.of(HeaderReader.read(lines, limits), "text/plain"), lines);
                lines.skip();
            }
            lines.leave();
            lines.skip();
            depth--;
        }

        private static byte[] beginning(PartHeader part, Lines lines) throws IOException {
            byte[] raw = new PartInputStream(lines).readNBytes(MAX_PART_OCTETS);
            lines.skip();
            return part.encoding().decode(raw).octets();
        }

        private void text(PartHeader part, Lines lines) throws IOException {
            if (++texts > MAX_TEXTS) {
                lines.skip();
                return;
            }
            byte[] octets = beginning(part, lines);
            text.append(new String(octets, charset(part, octets))).append("\r\n\r\n");
        }

        private static Charset charset(PartHeader part, byte[] octets) {
            try {
                return TextCharset.of(part.charset(), octets);
            } catch (UnreadableMessageException e) {
                // it is only searched
                return StandardCharsets.ISO_8859_1;
            }
        }

        /** Groups of fields, empty lines between: the first is about the message, each of the others about a recipient. */
        private void status(PartHeader part, byte[] octets) {
            if (part.mediaType().endsWith("disposition-notification")) {
                kind = Kind.RECEIPT;
                return;
            }
            if (part.mediaType().equals("message/feedback-report")) {
                kind = Kind.COMPLAINT;
                return;
            }
            kind = Kind.STATUS;
            for (String group : EMPTY_LINE.split(new String(octets, StandardCharsets.ISO_8859_1))) {
                Header fields = fieldsOf(group);
                ids(fields, "Original-Message-ID", "X-Original-Message-ID");
                boolean aboutRecipient = fields.first("Action").isPresent() || fields.first("Final-Recipient").isPresent();
                if (aboutRecipient && recipients.size() < MAX_RECIPIENTS) {
                    recipients.add(new Recipient(fields));
                }
            }
        }

        private void returned(byte[] octets) {
            try {
                Header header = HeaderReader.read(new Lines(new ByteArrayInputStream(octets)), limits);
                if (returned == null && !header.fields().isEmpty()) {
                    returned = header;
                    ids(header, "Message-ID");
                }
            } catch (IOException e) {
                // then it is not known which message it was
            }
        }

        /** Old bounces have the message that came back, or its header, within their text. */
        private void returnedInText() {
            for (String block : EMPTY_LINE.split(text)) {
                Header header = fieldsOf(block);
                if (header.first("Message-ID").isPresent()) {
                    returned = header;
                    ids(header, "Message-ID");
                    return;
                }
            }
        }

        /** The fields among the lines, whatever stands between them. */
        private Header fieldsOf(String block) {
            List<HeaderField> fields = new ArrayList<>();
            StringBuilder field = new StringBuilder();
            for (String line : (block + "\n.").split("\\r?\\n")) {
                if (!line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t')) {
                    field.append(' ').append(line.trim());
                    continue;
                }
                int colon = field.indexOf(":");
                if (colon > 0 && fields.size() < limits.headerFields()) {
                    fields.add(new HeaderField(field.substring(0, colon).trim(), field.substring(colon + 1)));
                }
                field = new StringBuilder(line);
            }
            return new Header(fields);
        }

        private void ids(Header header, String... names) {
            for (String name : names) {
                header.first(name).ifPresent(field -> {
                    Matcher matcher = ID.matcher(field.body());
                    while (matcher.find() && ids.size() < MAX_IDS) {
                        ids.add(matcher.group(1));
                    }
                });
            }
        }
    }
}
