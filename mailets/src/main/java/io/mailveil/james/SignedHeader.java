package io.mailveil.james;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.james.jdkim.api.Headers;

/**
 * The header of a message as it was signed: its fields to the octet. A header with a stray CR or LF, with NUL, or with a line that is no
 * field is none, since what one program takes for the end of a field another does not; the gateway and the signature have to be about the
 * same fields.
 */
final class SignedHeader implements Headers {
    /** Larger headers are not verified; common servers do not take them. */
    private static final int MOST_OCTETS = 256 * 1024;
    private static final Pattern FIELD = Pattern.compile("[!-9;-~]+[ \\t]*:");
    private static final String SIGNATURE = "DKIM-Signature";
    /** jDKIM turns the fields into octets with it. */
    private static final Charset CHARSET = Charset.defaultCharset();

    private final List<String> fields;

    private SignedHeader(List<String> fields) {
        this.fields = fields;
    }

    /** Reads up to and with the empty line; empty if it is not clear what the fields are. */
    static Optional<SignedHeader> read(InputStream in) throws IOException {
        List<String> fields = new ArrayList<>();
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        int octets = 0;
        for (byte[] line = line(in); line != null; line = line(in)) {
            octets += line.length + 2;
            boolean folded = line.length > 0 && (line[0] == ' ' || line[0] == '\t');
            if (octets > MOST_OCTETS || folded && field.size() == 0) {
                return Optional.empty();
            }
            if (folded) {
                field.write('\r');
                field.write('\n');
            } else if (field.size() > 0) {
                fields.add(field.toString(CHARSET));
                field.reset();
            }
            if (line.length == 0) {
                boolean clear = fields.stream().allMatch(text -> FIELD.matcher(text).lookingAt());
                return clear ? Optional.of(new SignedHeader(fields)) : Optional.empty();
            }
            field.writeBytes(line);
        }
        return Optional.empty();
    }

    /** One line without its CRLF; null if there is none, or one that is not ended like that. */
    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(100);
        for (int octet = in.read(); octet > 0 && octet != '\n' && line.size() < MOST_OCTETS; octet = in.read()) {
            if (octet == '\r') {
                return in.read() == '\n' ? line.toByteArray() : null;
            }
            line.write(octet);
        }
        return null;
    }

    /** The same header, with no more than so many signatures, of those that are wanted. */
    SignedHeader withSignatures(Predicate<String> wanted, int most) {
        List<String> signatures = getFields(SIGNATURE).stream().filter(wanted).limit(most).collect(Collectors.toList());
        return new SignedHeader(fields.stream()
            .filter(field -> !name(field).equalsIgnoreCase(SIGNATURE) || signatures.contains(field))
            .collect(Collectors.toList()));
    }

    private static String name(String field) {
        return field.substring(0, field.indexOf(':')).stripTrailing();
    }

    @Override
    public List<String> getFields() {
        return fields;
    }

    @Override
    public List<String> getFields(String name) {
        return fields.stream().filter(field -> name(field).equalsIgnoreCase(name)).collect(Collectors.toList());
    }
}
