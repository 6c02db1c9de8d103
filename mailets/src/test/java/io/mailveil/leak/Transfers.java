package io.mailveil.leak;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decoders of what mail itself encodes. Octets are characters below 256; nothing found to decode is an empty answer. */
final class Transfers {
    /** The shortest run that is taken for base64: nine octets. */
    private static final int SHORTEST_RUN = 12;
    /** Such runs could be texts, and stay apart; such ones are files, whatever they look like. */
    private static final int LONG_RUN = 60;
    private static final int FILE_RUN = 400;
    private static final Pattern COMPRESSED = Pattern.compile("\\x1f\\x8b|PK\\x03|x[\\x01\\x5e\\x9c\\xda]");
    private static final int[] BASE64 = new int[128];
    private static final Pattern ENCODED_WORD =
        Pattern.compile("=\\?([^?\\s]{0,60})\\?([bBqQ])\\?(.*?)(?:\\?=|(?=\\r?\\n(?![ \\t]))|\\z)", Pattern.DOTALL);
    private static final Pattern CONTINUATION =
        Pattern.compile("(?<![\\w.-])([\\w.-]++)\\*(\\d{1,3})\\*?\\s*=\\s*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"?|([^\\s;\"]*))", Pattern.DOTALL);
    private static final Pattern UTF_7 = Pattern.compile("\\+([A-Za-z0-9+/]{3,})-?");

    private static final Map<String, Charset> CHARSETS = new ConcurrentHashMap<>();

    static {
        Arrays.fill(BASE64, -1);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < letters.length(); i++) {
            BASE64[letters.charAt(i)] = i;
        }
        BASE64['-'] = 62;
        BASE64['_'] = 63;
    }

    private Transfers() {
    }

    static List<String> quotedPrintable(String text, int margin) {
        String in = Windows.around(text, margin, "=", (s, i) -> isHex(s, i + 1) && isHex(s, i + 2) || softBreak(s, i + 1) > 0);
        return in.isEmpty() ? List.of() : List.of(quotedPrintable(in));
    }

    static String quotedPrintable(String in) {
        StringBuilder out = new StringBuilder(in.length());
        int at = 0;
        while (at < in.length()) {
            char c = in.charAt(at);
            int soft = c == '=' ? softBreak(in, at + 1) : -1;
            if (soft > 0) {
                at = soft;
            } else if (c == '=' && isHex(in, at + 1) && isHex(in, at + 2)) {
                out.append((char) Integer.parseInt(in.substring(at + 1, at + 3), 16));
                at += 3;
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString();
    }

    /** The end of a soft line break after its equals sign, or -1. */
    private static int softBreak(String text, int start) {
        int at = start;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '\r') {
            at++;
            return at < text.length() && text.charAt(at) == '\n' ? at + 1 : at;
        }
        return at < text.length() && text.charAt(at) == '\n' ? at + 1 : -1;
    }

    /**
     * Every run that could be base64 and was not seen before, also across lines, at each of its four alignments. What short runs become
     * is noise unless it could be text.
     */
    static List<String> base64(String text, Set<String> seen, List<String> noise) {
        List<String> runs = new ArrayList<>();
        List<String> decoded = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            if (sextet(text.charAt(at)) < 0) {
                at++;
                continue;
            }
            int end = runEnd(text, at);
            if (end - at >= SHORTEST_RUN && seen.add(text.substring(at, end))) {
                runs.add(text.substring(at, end));
            }
            at = end;
        }
        StringBuilder texts = new StringBuilder();
        StringBuilder others = new StringBuilder();
        for (String run : runs) {
            for (int alignment = 0; alignment < 4; alignment++) {
                StringBuilder out = new StringBuilder();
                base64(run, alignment, out);
                boolean legible = run.length() >= FILE_RUN || couldBeText(out.toString());
                if (legible && run.length() >= LONG_RUN) {
                    decoded.add(out.toString());
                } else {
                    (legible ? texts : others).append(out).append('\n');
                }
            }
        }
        decoded.add(texts.toString());
        noise.add(others.toString());
        return decoded;
    }

    private static boolean couldBeText(String decoded) {
        // letters before and after it are often taken for a part of it
        String octets = decoded.length() < 24 ? decoded : decoded.substring(4, decoded.length() - 4);
        int controls = 0;
        int high = 0;
        int odd = 0;
        int run = 0;
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            controls += c < ' ' && "\u0000\t\r\n\u001b".indexOf(c) < 0 ? 1 : 0;
            high += c >= 0x80 ? 1 : 0;
            odd += run % 2 == 1 && c < 0x80 ? 1 : 0;
            run = c >= 0x80 ? run + 1 : 0;
        }
        boolean ascii = high * 6 <= octets.length() && controls * 3 <= octets.length();
        // the letters of EUC come in pairs, in a longer text those of Shift_JIS need not
        return ascii || controls <= 1 && (octets.length() >= 24 && controls == 0 || odd == 0 || Spellings.isUtf8(octets))
            || COMPRESSED.matcher(decoded).find();
    }

    private static int runEnd(String text, int start) {
        int end = start;
        while (true) {
            while (end < text.length() && sextet(text.charAt(end)) >= 0) {
                end++;
            }
            int next = end;
            while (next < text.length() && (text.charAt(next) == '\r' || text.charAt(next) == '\n')) {
                next++;
            }
            while (next > end && next < text.length() && " \t>".indexOf(text.charAt(next)) >= 0) {
                next++;
            }
            if (next == end || next >= text.length() || sextet(text.charAt(next)) < 0) {
                return end;
            }
            end = next;
        }
    }

    /** What a lenient reader makes of a base64 body: everything outside the alphabet is ignored, padding starts anew. */
    static String base64(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (String run : text.split("=")) {
            base64(run, 0, out);
        }
        return out.toString();
    }

    private static void base64(String run, int alignment, StringBuilder out) {
        int skip = alignment;
        int bits = 0;
        int count = 0;
        for (int i = 0; i < run.length(); i++) {
            int sextet = sextet(run.charAt(i));
            if (sextet < 0 || skip-- > 0) {
                continue;
            }
            bits = bits << 6 | sextet;
            count++;
            if (count == 4) {
                out.append((char) (bits >> 16 & 255)).append((char) (bits >> 8 & 255)).append((char) (bits & 255));
                bits = 0;
                count = 0;
            }
        }
        if (count > 1) {
            out.append((char) (bits >> 6 * count - 8 & 255));
        }
        if (count > 2) {
            out.append((char) (bits >> 6 * count - 16 & 255));
        }
    }

    private static int sextet(char c) {
        return c < 128 ? BASE64[c] : -1;
    }

    /** Encoded words anywhere, also broken ones; neighbours are joined. */
    static List<String> encodedWords(String text, int margin) {
        String in = Windows.around(text, margin, "=", (s, i) -> i + 1 < s.length() && s.charAt(i + 1) == '?');
        if (in.isEmpty() || !ENCODED_WORD.matcher(in).find()) {
            return List.of();
        }
        String decoded = encodedWords(in, true);
        // a wrong charset may hide the right one
        return decoded.indexOf('\ufffd') < 0 ? List.of(decoded) : List.of(decoded, encodedWords(in, false));
    }

    private static String encodedWords(String in, boolean inCharset) {
        Matcher word = ENCODED_WORD.matcher(in);
        StringBuilder out = new StringBuilder();
        StringBuilder octets = new StringBuilder();
        String charset = "";
        int end = 0;
        while (word.find()) {
            String between = in.substring(end, word.start());
            boolean neighbours = end > 0 && between.isBlank();
            if (!neighbours || !charset.equalsIgnoreCase(word.group(1))) {
                out.append(inCharset ? decode(octets, charset) : octets);
                octets.setLength(0);
                out.append(neighbours ? "" : between);
            }
            charset = word.group(1);
            if (word.group(2).equalsIgnoreCase("b")) {
                octets.append(base64(word.group(3)));
            } else {
                octets.append(quotedPrintable(word.group(3).replace('_', ' ')));
            }
            end = word.end();
        }
        return out.append(inCharset ? decode(octets, charset) : octets).append(in.substring(end)).toString();
    }

    private static String decode(CharSequence octets, String name) {
        String plain = octets.toString();
        int star = name.indexOf('*');
        Charset charset = CHARSETS.computeIfAbsent(star > 0 ? name.substring(0, star) : name, Transfers::charset);
        return charset.equals(StandardCharsets.ISO_8859_1) ? plain : new String(plain.getBytes(StandardCharsets.ISO_8859_1), charset);
    }

    private static Charset charset(String name) {
        try {
            Charset charset = Charset.forName(name);
            return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.ISO_8859_1 : charset;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    /** The pieces of each parameter that is cut as in RFC 2231, in the order of their numbers. */
    static List<String> continuations(String text, int margin) {
        String in = Windows.around(text, 2 * margin, "*", (s, i) -> i + 1 < s.length() && s.charAt(i + 1) >= '0' && s.charAt(i + 1) <= '9');
        Matcher piece = CONTINUATION.matcher(in);
        Map<String, TreeMap<Integer, String>> values = new TreeMap<>();
        StringBuilder out = new StringBuilder();
        while (piece.find()) {
            TreeMap<Integer, String> value = values.computeIfAbsent(piece.group(1).toLowerCase(Locale.ROOT), any -> new TreeMap<>());
            int number = Integer.parseInt(piece.group(2));
            if (value.containsKey(number)) {
                out.append(String.join("", value.values())).append('\n');
                value.clear();
            }
            value.put(number, piece.group(3) == null ? piece.group(4) : piece.group(3).replaceAll("\\\\(.)", "$1"));
        }
        values.values().forEach(value -> out.append(String.join("", value.values())).append('\n'));
        return values.isEmpty() ? List.of() : List.of(out.toString());
    }

    static List<String> uuencode(String text, int margin) {
        List<String> decoded = new ArrayList<>();
        if (!text.contains("begin ")) {
            return decoded;
        }
        Matcher begin = Pattern.compile("begin [0-7]{3,4} [^\\r\\n]*\\r?\\n").matcher(text);
        while (begin.find()) {
            StringBuilder out = new StringBuilder();
            for (String line : text.substring(begin.end()).split("\\r?\\n")) {
                if (line.isEmpty() || line.startsWith("end") || line.charAt(0) < ' ' || line.charAt(0) > '`') {
                    break;
                }
                int length = line.charAt(0) - ' ' & 63;
                int start = out.length();
                for (int i = 1; i < line.length() && out.length() - start < length; i += 4) {
                    int bits = 0;
                    for (int j = i; j < i + 4; j++) {
                        bits = bits << 6 | (j < line.length() ? line.charAt(j) - ' ' & 63 : 0);
                    }
                    out.append((char) (bits >> 16 & 255)).append((char) (bits >> 8 & 255)).append((char) (bits & 255));
                }
                out.setLength(Math.min(out.length(), start + length));
            }
            if (out.length() > 0) {
                decoded.add(out.toString());
            }
        }
        return decoded;
    }

    static List<String> utf7(String text, int margin) {
        String in = Windows.around(text, margin, "+", Transfers::isShift);
        if (in.isEmpty()) {
            return List.of();
        }
        return List.of(UTF_7.matcher(in).replaceAll(shift -> {
            StringBuilder octets = new StringBuilder();
            base64(shift.group(1), 0, octets);
            StringBuilder out = new StringBuilder();
            for (int i = 0; i + 1 < octets.length(); i += 2) {
                out.append((char) (octets.charAt(i) << 8 | octets.charAt(i + 1)));
            }
            return Matcher.quoteReplacement(out.toString());
        }));
    }

    /** The shift of UTF-7 to letters outside ASCII that ends with a hyphen, or to encoded ASCII. */
    private static boolean isShift(String text, int plus) {
        int end = plus + 1;
        while (end < text.length() && end - plus < 1000 && "-_".indexOf(text.charAt(end)) < 0 && sextet(text.charAt(end)) >= 0) {
            end++;
        }
        int length = end - plus - 1;
        boolean whole = length > 2 && length * 6 % 16 < 6;
        boolean ascii = length > 2 && text.charAt(plus + 1) == 'A' && text.charAt(plus + 2) < 'I';
        return ascii || whole && end < text.length() && text.charAt(end) == '-';
    }

    static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0 && text.charAt(index) < 128;
    }
}
