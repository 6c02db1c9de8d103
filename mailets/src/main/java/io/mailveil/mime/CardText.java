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
        boolean encoded = parsed.isPresent() && parsed.get().parameters().stream()
            .anyMatch(parameter -> parameter.toUpperCase(Locale.ROOT).endsWith("QUOTED-PRINTABLE"));
        return encoded && clean.equals(line) ? decodedValue(line, parsed.get()) : clean;
    }

    /** vCard 2.1 has values in quoted-printable. */
    private String decodedValue(String line, ContentLine property) {
        TransferEncoding encoding = TransferEncoding.QUOTED_PRINTABLE;
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
