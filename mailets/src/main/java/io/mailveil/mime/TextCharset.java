package io.mailveil.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which charset a text is read in. */
final class TextCharset {
    private static final Map<String, Charset> CHARSETS = charsets();
    private static final Pattern UTF_7 = Pattern.compile("utf-?7");

    private TextCharset() {
    }

    /** The one that is declared; where none is, or an unknown one, UTF-8 if the octets are that, else Latin-1, which reads anything. */
    static Charset of(Optional<String> name, byte[] octets) throws UnreadableMessageException {
        String wanted = name.map(text -> text.trim().toLowerCase(Locale.ROOT)).orElse("");
        if (UTF_7.matcher(wanted).find()) {
            throw new UnreadableMessageException("a text in UTF-7, which hides what stands in it");
        }
        Optional<Charset> wide = byMark(octets);
        if (wide.isPresent()) {
            return wide.get();
        }
        if (wanted.equals("utf-16") || wanted.equals("utf16")) {
            // RFC 2781 section 4.3
            return StandardCharsets.UTF_16BE;
        }
        return byName(wanted).filter(Charset::canEncode)
            .orElseGet(() -> isExact(octets, StandardCharsets.UTF_8) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    /** A charset of this virtual machine; empty for an unknown name and for what is no name. */
    static Optional<Charset> byName(String name) {
        return Optional.ofNullable(CHARSETS.get(name.toLowerCase(Locale.ROOT)));
    }

    /** By name and alias. {@link Charset#forName} looks through the whole class path for each name that it does not know. */
    private static Map<String, Charset> charsets() {
        Map<String, Charset> result = new HashMap<>();
        for (Charset charset : Charset.availableCharsets().values()) {
            charset.aliases().forEach(alias -> result.putIfAbsent(alias.toLowerCase(Locale.ROOT), charset));
        }
        Charset.availableCharsets().forEach((name, charset) -> result.put(name.toLowerCase(Locale.ROOT), charset));
        return result;
    }

    private static Optional<Charset> byMark(byte[] octets) {
        if (octets.length >= 2 && octets[0] == (byte) 0xff && octets[1] == (byte) 0xfe) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        return octets.length >= 2 && octets[0] == (byte) 0xfe && octets[1] == (byte) 0xff
            ? Optional.of(StandardCharsets.UTF_16BE) : Optional.empty();
    }

    /** Whether reading and writing again gives the same octets. */
    static boolean isExact(byte[] octets, Charset charset) {
        return charset.equals(StandardCharsets.ISO_8859_1) || Arrays.equals(new String(octets, charset).getBytes(charset), octets);
    }

    /** Whether a character takes two octets or more, so that NUL octets are nothing special. */
    static boolean isWide(Charset charset) {
        return charset.name().startsWith("UTF-16") || charset.name().startsWith("UTF-32") || charset.name().startsWith("X-UTF");
    }
}
