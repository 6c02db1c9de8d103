package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a header says about the content below it, and the fields that say it on the other side. What is written is what was read: a part
 * is never treated as one thing here and shown as another there.
 *
 * <p>{@code Content-Type}, {@code -Transfer-Encoding}, {@code -Disposition}, {@code -ID}, {@code -Description} and {@code -Language}
 * pass, nothing else. Immutable.
 */
final class PartHeader {
    private static final Pattern LANGUAGES = Pattern.compile("[A-Za-z0-9-]{1,40}( *, *[A-Za-z0-9-]{1,40}){0,20}");
    private static final int MAX_BOUNDARY = 200;
    private static final String PLAIN_TEXT = "text/plain";

    private final Header old;
    private final Optional<ContentField> type;
    private final PartKind kind;
    private final Optional<String> encodingField;
    private final TransferEncoding encoding;

    private PartHeader(Header old, Optional<ContentField> type, PartKind kind, TransferEncoding encoding) {
        this.old = old;
        this.type = type;
        this.kind = kind;
        this.encodingField = old.first("Content-Transfer-Encoding").map(HeaderField::body);
        this.encoding = encoding;
    }

    /** Reads it; {@code defaultType} is for a part that does not say what it is (RFC 2045 section 5.2, RFC 2046 section 5.1.5). */
    static PartHeader of(Header header, String defaultType) {
        Optional<ContentField> type = header.first("Content-Type")
            .map(field -> ContentField.parse(field.body()).filter(content -> content.value().indexOf('/') > 0)
                .orElse(ContentField.of(PLAIN_TEXT)))
            .or(() -> defaultType.equals(PLAIN_TEXT) ? Optional.empty() : Optional.of(ContentField.of(defaultType)));
        PartKind kind = PartKind.of(type.map(ContentField::value).orElse(PLAIN_TEXT), fileName(header, type));
        TransferEncoding encoding = TransferEncoding.of(header.first("Content-Transfer-Encoding").map(HeaderField::body));
        PartHeader result = new PartHeader(header, type, kind, encoding);
        return kind == PartKind.MULTIPART && result.boundary().isEmpty() ? result.asPlainText() : result;
    }

    private static String fileName(Header header, Optional<ContentField> type) {
        return header.first("Content-Disposition").flatMap(field -> ContentField.parse(field.body()))
            .flatMap(disposition -> disposition.parameter("filename"))
            .or(() -> type.flatMap(content -> content.parameter("name")))
            .map(name -> name.trim().toLowerCase(Locale.ROOT)).orElse("");
    }

    /** For a multipart that is none. */
    PartHeader asPlainText() {
        return new PartHeader(old, Optional.of(ContentField.of(PLAIN_TEXT)), PartKind.PLAIN, encoding);
    }

    /** For content that turned out to be text, whatever it is called. */
    PartHeader readAsText() {
        return new PartHeader(old, type, PartKind.PLAIN, encoding);
    }

    /** With its content in another transfer encoding. */
    PartHeader encodedAs(TransferEncoding other) {
        return new PartHeader(old, type, kind, other);
    }

    PartKind kind() {
        return kind;
    }

    /** The media type in lower case. */
    String mediaType() {
        return type.map(ContentField::value).orElse(PLAIN_TEXT);
    }

    TransferEncoding encoding() {
        return encoding;
    }

    /** The charset as declared. */
    Optional<String> charset() {
        return type.flatMap(content -> content.parameter("charset"));
    }

    /** Whether lines of the text that end in a space go on without it (RFC 3676 section 4.2). */
    boolean joinsLines() {
        return type.flatMap(content -> content.parameter("delsp")).filter(text -> text.trim().equalsIgnoreCase("yes")).isPresent();
    }

    /** The octets behind the two hyphens of a delimiter. */
    Optional<byte[]> boundary() {
        return type.flatMap(ContentField::boundary).map(boundary -> boundary.getBytes(StandardCharsets.UTF_8))
            .filter(octets -> octets.length <= MAX_BOUNDARY);
    }

    /** The fields for the other side, the last look included. */
    List<HeaderField> fields(Rewriting rewriting) throws UnreadableMessageException {
        return fields(rewriting, type.map(content -> content.scrubbed(rewriting.scrubber(), rewriting::id)));
    }

    /** The fields of a multipart with a boundary of its own. */
    List<HeaderField> fields(Rewriting rewriting, String boundary) throws UnreadableMessageException {
        boolean unsigned = mediaType().equals("multipart/signed") && rewriting.signature() == SignaturePolicy.STRIP;
        String value = unsigned ? "multipart/mixed" : type.orElseThrow().scrubbed(rewriting.scrubber(), rewriting::id);
        return fields(rewriting, Optional.of(value + "; boundary=\"" + boundary + '"'));
    }

    private List<HeaderField> fields(Rewriting rewriting, Optional<String> contentType) throws UnreadableMessageException {
        Scrubber scrubber = rewriting.scrubber();
        List<HeaderField> result = new ArrayList<>();
        contentType.ifPresent(body -> result.add(new HeaderField("Content-Type", body)));
        transferEncoding().ifPresent(body -> result.add(new HeaderField("Content-Transfer-Encoding", body)));
        old.first("Content-Disposition").flatMap(field -> ContentField.parse(field.body()))
            .filter(disposition -> disposition.value().indexOf('/') < 0 && !scrubber.finds(disposition.value()))
            .ifPresent(disposition -> result.add(
                new HeaderField("Content-Disposition", disposition.scrubbed(scrubber, rewriting::id))));
        old.first("Content-ID").map(field -> field.body().replaceAll("[<>\\s]", "")).filter(id -> !id.isEmpty())
            .ifPresent(id -> result.add(new HeaderField("Content-ID", '<' + rewriting.id(id) + '>')));
        old.first("Content-Description").map(field -> scrubber.unstructured(field.body())).filter(text -> !text.isEmpty())
            .ifPresent(text -> result.add(new HeaderField("Content-Description", text)));
        old.first("Content-Language").map(HeaderField::body)
            .filter(body -> LANGUAGES.matcher(body).matches() && !scrubber.finds(body))
            .ifPresent(body -> result.add(new HeaderField("Content-Language", body)));
        for (HeaderField field : result) {
            if (scrubber.findsAddressInField(field.body())) {
                throw new UnreadableMessageException("the new header field " + field.key() + " would show a hidden address");
            }
        }
        return result;
    }

    /** Multiparts and messages have none but 8bit and binary (RFC 2045 section 6.4). */
    private Optional<String> transferEncoding() {
        if (encodingField.isEmpty() && encoding == TransferEncoding.IDENTITY) {
            return Optional.empty();
        }
        String token = encoding.token(encodingField);
        boolean composite = kind == PartKind.MULTIPART || mediaType().startsWith("message/") && kind == PartKind.MESSAGE;
        return composite && encoding != TransferEncoding.IDENTITY ? Optional.of("8bit") : Optional.of(token);
    }
}
