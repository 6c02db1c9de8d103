package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.codec.EncoderUtil;

import com.google.common.base.CharMatcher;

/**
 * Header text to and from RFC 2047 encoded-words.
 *
 * <p>Decoding goes on until nothing is left to decode, since some programs that show mail do the same, and an unknown charset is
 * read as Latin-1: what is looked for here is ASCII in nearly every charset.
 */
public final class EncodedWords {
    private static final CharMatcher PRINTABLE_ASCII = CharMatcher.inRange(' ', '~');
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+");
    /** What stands before the encoding of an encoded-word: its charset, and maybe its language (RFC 2231 section 5). */
    private static final Pattern CHARSET = Pattern.compile("=\\?([^?*\\s]{1,40})(?:\\*[^?\\s]{0,40})?\\?(?=[bBqQ]\\?)");
    private static final int MAX_NESTING = 4;
    private static final int MAX_LINE = 900;

    private EncodedWords() {
    }

    /** The text that a person sees. */
    public static String decode(String body) {
        String text = body.contains("=?") ? CHARSET.matcher(body).replaceAll(EncodedWords::knownCharset) : body;
        for (int i = 0; i < MAX_NESTING && text.contains("=?"); i++) {
            String decoded = DecoderUtil.decodeEncodedWords(text, DecodeMonitor.SILENT, StandardCharsets.ISO_8859_1);
            if (decoded.equals(text)) {
                break;
            }
            text = decoded;
        }
        return text;
    }

    /** Without a language, which mime4j does not know, and without unknown charsets, which it looks for at length. */
    private static String knownCharset(MatchResult word) {
        String name = word.group(1);
        return Matcher.quoteReplacement("=?" + (TextCharset.byName(name).isPresent() ? name : "ISO-8859-1") + '?');
    }

    /** Text as the body of an unstructured field: as it is if it is plain ASCII in short words, else encoded in UTF-8. */
    public static String encode(String text) {
        String oneLine = withoutControls(text);
        return isPlain(oneLine) ? oneLine : EncoderUtil.encodeEncodedWord(oneLine, EncoderUtil.Usage.TEXT_TOKEN);
    }

    /** Text as a display name (RFC 5322 section 3.4): atoms, a quoted string or encoded-words. */
    public static String encodeDisplayName(String text) {
        String oneLine = withoutControls(text);
        return isPlain(oneLine) ? EncoderUtil.encodeAddressDisplayName(oneLine)
            : EncoderUtil.encodeEncodedWord(oneLine, EncoderUtil.Usage.WORD_ENTITY);
    }

    /** Whether the text can stand in a header as it is. */
    static boolean isPlain(String text) {
        if (text.contains("=?") || !isAscii(text)) {
            return false;
        }
        int word = 0;
        for (int i = 0; i < text.length(); i++) {
            word = text.charAt(i) == ' ' ? 0 : word + 1;
            if (word > MAX_LINE) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is nothing but printable ASCII, which has one form only. */
    static boolean isAscii(String text) {
        return PRINTABLE_ASCII.matchesAllOf(text);
    }

    /** Without anything that could end the line or hide in it. */
    static String withoutControls(String text) {
        return (isAscii(text) ? text : CONTROLS.matcher(text).replaceAll(" ")).trim();
    }

    /** Undoes what mime4j's parsers do to raw octets, which is to make one character of each; what they have decoded stays. */
    static String fromOctets(String octets) {
        if (isAscii(octets) || octets.chars().anyMatch(c -> c > 0xff)) {
            return octets;
        }
        byte[] raw = octets.getBytes(StandardCharsets.ISO_8859_1);
        return read(raw, raw.length);
    }

    /** Raw header octets: UTF-8 if they are, else Latin-1, which reads anything. */
    static String read(byte[] raw, int length) {
        String text = new String(raw, 0, length, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0 ? text : new String(raw, 0, length, StandardCharsets.ISO_8859_1);
    }
}
