package io.mailveil.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.james.mime4j.codec.EncoderUtil;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.stream.RawBody;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.ByteSequence;
import org.apache.james.mime4j.util.ContentUtil;

/**
 * A {@code Content-Type} or {@code Content-Disposition}: a value and parameters (RFC 2045 section 5.1, RFC 2183), the
 * parameters also in the extended and continued forms of RFC 2231 and with encoded-words in them, which is against the
 * rules and everywhere.
 */
public final class ContentField {
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+-]+(/[A-Za-z0-9!#$&^_.+-]+)?");

    /** Longer ones are written in sections (RFC 2231 section 3). */
    private static final int MAX_VALUE = 200;

    private static final String UNSPECIFIC = "application/octet-stream";

    private final String value;
    private final List<NameValuePair> parameters;

    private ContentField(String value, List<NameValuePair> parameters) {
        this.value = value;
        this.parameters = parameters;
    }

    /** Reads a field body; empty if its value is not a token or two with a slash between. */
    public static Optional<ContentField> parse(String body) {
        ByteSequence raw = ContentUtil.encode(StandardCharsets.UTF_8, body);
        RawBody parsed = RawFieldParser.DEFAULT.parseRawBody(raw, new ParserCursor(0, raw.length()));
        String value = parsed.getValue() == null ? "" : parsed.getValue().trim();
        return TYPE.matcher(value).matches() ? Optional.of(new ContentField(value, parsed.getParams())) : Optional.empty();
    }

    /** The value without parameters, in lower case. */
    public String value() {
        return value.toLowerCase(Locale.ROOT);
    }

    /** A field of this value, without parameters. */
    static ContentField of(String value) {
        return new ContentField(value, List.of());
    }

    /** The boundary of a multipart: what stands there counts, encoded-words are none (RFC 2046 section 5.1.1). */
    Optional<String> boundary() {
        return parameters.stream().filter(parameter -> parameter.getName().equalsIgnoreCase("boundary"))
            .map(parameter -> value(parameter).stripTrailing())
            .findFirst()
            .or(() -> parameter("boundary").map(String::stripTrailing))
            .filter(boundary -> !boundary.isEmpty());
    }

    /** The parameter as a person would see it, whatever the form it was written in. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(decodedParameters().get(name.toLowerCase(Locale.ROOT)));
    }

    private Map<String, String> decodedParameters() {
        Map<String, TreeMap<Integer, String>> sections = new TreeMap<>();
        for (NameValuePair parameter : parameters) {
            String[] name = parameter.getName().toLowerCase(Locale.ROOT).split("\\*", -1);
            boolean extended = name.length > 1 && name[name.length - 1].isEmpty();
            int section = name.length > 1 && name[1].matches("\\d{1,4}") ? Integer.parseInt(name[1]) : 0;
            String text = value(parameter);
            sections.computeIfAbsent(name[0], key -> new TreeMap<>()).putIfAbsent(section, extended ? percentDecoded(text) : text);
        }
        return sections.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
            entry -> EncodedWords.decode(String.join("", entry.getValue().values())), (a, b) -> a, TreeMap::new));
    }

    private static String value(NameValuePair parameter) {
        return parameter.getValue() == null ? "" : EncodedWords.fromOctets(parameter.getValue());
    }

    private static String percentDecoded(String text) {
        String[] parts = text.split("'", 3);
        Charset charset = parts.length == 3 ? TextCharset.byName(parts[0]).orElse(StandardCharsets.ISO_8859_1) : StandardCharsets.UTF_8;
        byte[] octets = parts[parts.length - 1].getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[octets.length];
        int length = 0;
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '%' && i + 2 < octets.length
                    && Character.digit(octets[i + 1], 16) >= 0 && Character.digit(octets[i + 2], 16) >= 0) {
                decoded[length++] = (byte) (Character.digit(octets[i + 1], 16) << 4 | Character.digit(octets[i + 2], 16));
                i += 2;
            } else {
                decoded[length++] = octets[i];
            }
        }
        return new String(decoded, 0, length, charset);
    }

    /**
     * The field for the other side: without boundary, and with every parameter that carries something hidden written anew; the
     * others keep the form they had.
     *
     * @param ids what becomes of the content id in {@code start} (RFC 2387 section 3.2)
     */
    String scrubbed(Scrubber scrubber, UnaryOperator<String> ids) {
        Map<String, String> decoded = decodedParameters();
        StringBuilder result = new StringBuilder(scrubber.finds(value) ? UNSPECIFIC : value);
        List<String> done = new ArrayList<>(List.of("boundary"));
        for (NameValuePair parameter : parameters) {
            String base = parameter.getName().toLowerCase(Locale.ROOT).split("\\*", 2)[0];
            String text = decoded.getOrDefault(base, "");
            if (done.contains(base) || !EncoderUtil.isToken(base) || scrubber.finds(base)) {
                continue;
            }
            if (base.equals("start")) {
                done.add(base);
                String id = text.replaceAll("[<>\\s]", "");
                result.append("; ").append(write(base, '<' + ids.apply(id) + '>'));
                continue;
            }
            String written = value(parameter);
            if (scrubber.finds(text) || !EncodedWords.isPlain(written.replace("=?", "")) || written.length() > MAX_VALUE) {
                done.add(base);
                result.append("; ").append(write(base, EncodedWords.withoutControls(scrubber.structural(text))));
            } else {
                result.append("; ").append(EncoderUtil.encodeHeaderParameter(parameter.getName().toLowerCase(Locale.ROOT), written));
            }
        }
        return result.toString();
    }

    private static String write(String name, String text) {
        if (EncodedWords.isPlain(text) && text.length() < MAX_VALUE) {
            return EncoderUtil.encodeHeaderParameter(name, text);
        }
        StringBuilder result = new StringBuilder();
        StringBuilder section = new StringBuilder("UTF-8''");
        int number = 0;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_') {
                section.append(c);
            } else {
                section.append(String.format("%%%02X", (int) c));
            }
            if (section.length() > MAX_VALUE) {
                result.append(name).append('*').append(number++).append("*=").append(section).append("; ");
                section.setLength(0);
            }
        }
        return number == 0 ? name + "*=" + section : result.append(name).append('*').append(number).append("*=").append(section).toString();
    }
}
