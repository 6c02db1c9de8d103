package io.mailveil.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** A vCard for the other side: addresses replaced wherever they stand, {@code UID} sealed or opened like the id of a message. */
final class CardText {
    private final Rewriting rewriting;

    CardText(Rewriting rewriting) {
        this.rewriting = rewriting;
    }

    String rewrite(String text) {
        return ContentLines.map(text, false, line -> Optional.of(line(line)));
    }

    private String line(String line) {
        Optional<ContentLine> parsed = ContentLine.parse(line);
        if (parsed.isPresent() && parsed.get().key().equals("UID") && !parsed.get().value().isBlank()) {
            return parsed.get().with(parsed.get().parameters(), rewriting.id(parsed.get().value().trim())).toString();
        }
        if (!rewriting.scrubsText()) {
            return line;
        }
        String clean = rewriting.scrubber().addresses(line);
        Optional<TransferEncoding> encoding = parsed.flatMap(CardText::encoding);
        return encoding.isPresent() && clean.equals(line) ? decodedValue(line, parsed.get(), encoding.get()) : clean;
    }

    private static Optional<TransferEncoding> encoding(ContentLine property) {
        for (String parameter : property.parameters()) {
            String value = parameter.substring(parameter.indexOf('=') + 1).trim().toUpperCase(Locale.ROOT);
            if (value.equals("QUOTED-PRINTABLE")) {
                return Optional.of(TransferEncoding.QUOTED_PRINTABLE);
            } else if (value.equals("B") || value.equals("BASE64")) {
                return Optional.of(TransferEncoding.BASE64);
            }
        }
        return Optional.empty();
    }

    /** vCard 2.1 has values in quoted-printable, vCard 3.0 in base64, which is for pictures but can be for text. */
    private String decodedValue(String line, ContentLine property, TransferEncoding encoding) {
        if (encoding == TransferEncoding.BASE64) {
            String clean = EncodedText.value(property.value(), rewriting.scrubber());
            return clean.equals(property.value()) ? line : property.with(property.parameters(), clean).toString();
        }
        Charset octets = StandardCharsets.UTF_8;
        String value = new String(encoding.decode(property.value().getBytes(octets)).octets(), octets);
        String clean = rewriting.scrubber().addresses(value);
        if (clean.equals(value)) {
            return line;
        }
        String written = new String(encoding.encode(clean.getBytes(octets)), octets).replace("=\r\n", "").replace("\r\n", "=0D=0A");
        return property.with(property.parameters(), written).toString();
    }
}
