package io.mailveil.leak;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Decoders of the ways to spell, interrupt or disguise characters within a text; nothing found to decode is an empty answer. */
final class Spellings {
    private static final Charset SHIFT_JIS = Charset.forName("windows-31j");
    private static final Charset EUC_JP = Charset.forName("EUC-JP");
    private static final Charset ISO_2022_JP = Charset.forName("ISO-2022-JP");
    private static final Map<String, String> ENTITIES = new HashMap<>();
    /** The characters that are not what they look like, or cannot be seen. */
    private static final BitSet DISGUISED = new BitSet();
    private static final int MOST_JOINED = 50;
    private static final Set<String> BLOCKS = Set.of("p", "div", "tr", "td", "th", "table", "tbody", "thead", "tfoot", "br", "hr", "li",
        "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "body", "head", "html", "title", "pre", "blockquote", "center",
        "form",
        "img", "option", "section", "article", "header", "footer", "style", "script");
    private static final Pattern BREAK = Pattern.compile("(?<![= \\t\\r])[ \\t]*\\r?\\n[ \\t>]*");
    private static final Pattern FOLD = Pattern.compile("\\r?\\n[ \\t]");
    private static final Pattern PARENTHESES = Pattern.compile("\\([^()]*\\)");

    static {
        String[] ascii = {"Tab", "\t", "NewLine", "\n", "excl", "!", "quot", "\"", "num", "#", "dollar", "$", "percnt", "%", "amp", "&",
            "apos", "'", "lpar", "(", "rpar", ")", "ast", "*", "midast", "*", "plus", "+", "comma", ",", "period", ".", "sol", "/",
            "colon", ":", "semi", ";", "lt", "<", "equals", "=", "gt", ">", "quest", "?", "commat", "@", "lsqb", "[", "lbrack", "[",
            "bsol", "\\", "rsqb", "]", "rbrack", "]", "Hat", "^", "lowbar", "_", "UnderBar", "_", "grave", "`", "DiacriticalGrave", "`",
            "lcub", "{", "lbrace", "{", "verbar", "|", "vert", "|", "VerticalLine", "|", "rcub", "}", "rbrace", "}", "fjlig", "fj",
            "hyphen", "-", "dash", "-", "QUOT", "\"", "AMP", "&", "LT", "<", "GT", ">", "ensp", " ", "emsp", " ", "thinsp", " ",
            "shy", "", "ZeroWidthSpace", "", "NegativeThinSpace", "", "NegativeMediumSpace", "", "NegativeThickSpace", "",
            "NegativeVeryThinSpace", "", "NoBreak", "", "zwj", "", "zwnj", "", "lrm", "", "rlm", "", "InvisibleTimes", "", "it", "",
            "InvisibleComma", "", "ic", "", "ApplyFunction", "", "af", "", "fflig", "ff", "filig", "fi", "fllig", "fl", "ffilig", "ffi",
            "ffllig", "ffl", "szlig", "\u00df", "nbsp", " ", "NonBreakingSpace", " ", "inodot", "\u0131", "imath", "\u0131"};
        for (int i = 0; i < ascii.length; i += 2) {
            ENTITIES.put(ascii[i], ascii[i + 1]);
        }
        String[] accents = {"grave", "\u0300", "acute", "\u0301", "circ", "\u0302", "tilde", "\u0303", "uml", "\u0308", "ring", "\u030a",
            "cedil", "\u0327", "caron", "\u030c", "macr", "\u0304", "breve", "\u0306", "ogon", "\u0328", "dot", "\u0307",
            "dblac", "\u030b"};
        for (int i = 0; i < accents.length; i += 2) {
            for (char letter = 'A'; letter <= 'z'; letter++) {
                String composed = Normalizer.normalize(letter + accents[i + 1], Normalizer.Form.NFC);
                if (Character.isLetter(letter) && composed.length() == 1) {
                    ENTITIES.put(letter + accents[i], composed);
                }
            }
        }
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            boolean mapped = c >= 0x2010 && c <= 0x2015 || c == 0x2212 || c == 0x3002;
            DISGUISED.set(c, isInvisible(c) || mapped || Character.isSurrogate(c) || Character.getType(c) == Character.NON_SPACING_MARK
                || !Normalizer.isNormalized(String.valueOf(c), Normalizer.Form.NFKC));
        }
        for (char letter = 'a'; letter <= 'z'; letter++) {
            // the letters of mathematics, which are the plain ones after NFKC
            ENTITIES.put(letter + "scr", String.valueOf(letter));
            ENTITIES.put(letter + "fr", String.valueOf(letter));
            ENTITIES.put(letter + "opf", String.valueOf(letter));
        }
    }

    private Spellings() {
    }

    /** Runs of percent signs become the UTF-8 they hold, or else their octets; a plus is tried as a space, too. */
    static List<String> percents(String text, int margin) {
        String in = Windows.around(text, margin, "%", (s, i) -> Transfers.isHex(s, i + 1) && Transfers.isHex(s, i + 2));
        if (in.isEmpty()) {
            return List.of();
        }
        StringBuilder out = new StringBuilder(in.length());
        int at = 0;
        while (at < in.length()) {
            char c = in.charAt(at);
            if (c == '%' && Transfers.isHex(in, at + 1) && Transfers.isHex(in, at + 2)) {
                out.append((char) Integer.parseInt(in.substring(at + 1, at + 3), 16));
                at += 3;
            } else {
                out.append(c);
                at++;
            }
        }
        String decoded = out.toString();
        return decoded.indexOf('+') < 0 ? List.of(decoded) : List.of(decoded, decoded.replace('+', ' '));
    }

    static List<String> entities(String text, int margin) {
        String in = Windows.around(text, margin, "&", (s, i) -> entity(s, i, null) > i);
        if (in.isEmpty()) {
            return List.of();
        }
        StringBuilder out = new StringBuilder(in.length());
        int at = 0;
        while (at < in.length()) {
            int end = in.charAt(at) == '&' ? entity(in, at, out) : at;
            if (end == at) {
                out.append(in.charAt(at));
                end++;
            }
            at = end;
        }
        return List.of(out.toString());
    }

    /** Appends the entity that begins here and returns its end, or returns its begin if there is none. */
    private static int entity(String text, int begin, StringBuilder out) {
        int at = begin + 1;
        if (at < text.length() && text.charAt(at) == '#') {
            at++;
            boolean hex = at < text.length() && (text.charAt(at) == 'x' || text.charAt(at) == 'X');
            int start = hex ? at + 1 : at;
            int end = start;
            int code = 0;
            while (end < text.length() && text.charAt(end) < 128 && Character.digit(text.charAt(end), hex ? 16 : 10) >= 0) {
                code = Math.min(0x110000, code * (hex ? 16 : 10) + Character.digit(text.charAt(end), hex ? 16 : 10));
                end++;
            }
            if (end == start) {
                return begin;
            }
            if (out != null && code <= Character.MAX_CODE_POINT) {
                out.appendCodePoint(code);
            }
            return end < text.length() && text.charAt(end) == ';' ? end + 1 : end;
        }
        int end = at;
        while (end < text.length() && end - at < 24 && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        boolean closed = end < text.length() && text.charAt(end) == ';';
        // without a semicolon, the longest name counts
        for (int to = end; to > at + 1; to--) {
            String value = ENTITIES.get(text.substring(at, to));
            if (value != null) {
                if (out != null) {
                    out.append(value);
                }
                return closed && to == end ? to + 1 : to;
            }
        }
        return begin;
    }

    /** The escapes of JSON, JavaScript, CSS, iCalendar and vCard. */
    static List<String> escapes(String text, int margin) {
        String in = Windows.around(text, margin, "\\", (s, i) -> i + 1 < s.length() && s.charAt(i + 1) > ' ');
        if (in.isEmpty()) {
            return List.of();
        }
        StringBuilder out = new StringBuilder(in.length());
        StringBuilder style = new StringBuilder(in.length());
        int at = 0;
        int styleAt = 0;
        while (at < in.length()) {
            at = escape(in, at, out);
        }
        while (styleAt < in.length()) {
            int digits = 0;
            while (in.charAt(styleAt) == '\\' && digits < 6 && Transfers.isHex(in, styleAt + 1 + digits)) {
                digits++;
            }
            if (digits > 1) {
                codePoint(in.substring(styleAt + 1, styleAt + 1 + digits), style);
                styleAt += 1 + digits;
                styleAt += styleAt < in.length() && in.charAt(styleAt) == ' ' ? 1 : 0;
            } else {
                style.append(in.charAt(styleAt));
                styleAt++;
            }
        }
        return List.of(out.toString(), style.toString());
    }

    private static int escape(String in, int at, StringBuilder out) {
        if (in.charAt(at) != '\\' || at + 1 == in.length()) {
            out.append(in.charAt(at));
            return at + 1;
        }
        char kind = in.charAt(at + 1);
        int close = in.startsWith("\\u{", at) ? in.indexOf('}', at) : -1;
        if (close > at + 3 && close < at + 12 && codePoint(in.substring(at + 3, close), out)) {
            return close + 1;
        }
        int digits = kind == 'u' ? 4 : kind == 'x' ? 2 : kind == 'U' ? 8 : 0;
        if (digits > 0 && at + 2 + digits <= in.length() && codePoint(in.substring(at + 2, at + 2 + digits), out)) {
            return at + 2 + digits;
        }
        out.append("nNrRtT".indexOf(kind) >= 0 ? '\n' : kind);
        return at + 2;
    }

    private static boolean codePoint(String hex, StringBuilder out) {
        if (hex.isEmpty() || !hex.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
            return false;
        }
        long code = Long.parseLong(hex, 16);
        if (code <= Character.MAX_CODE_POINT) {
            out.appendCodePoint((int) code);
        }
        return true;
    }

    /** A line break and one space are nothing: folded header fields, iCalendar and vCard lines. */
    static List<String> folds(String text, int margin) {
        String in = Windows.around(text, margin, "\n", (s, i) -> i + 1 < s.length() && (s.charAt(i + 1) == ' ' || s.charAt(i + 1) == '\t'));
        return in.isEmpty() ? List.of() : List.of(FOLD.matcher(in).replaceAll(""));
    }

    /** Lines joined where an address could be broken, by one or two line ends on each side: flowed text, broken lines. */
    static List<String> lines(String text, int margin) {
        StringBuilder out = new StringBuilder();
        int most = MOST_JOINED;
        for (int at = text.indexOf('@'); at >= 0 && most > 0; at = text.indexOf('@', at + 1)) {
            int from = Math.max(0, at - margin);
            int to = Math.min(text.length(), at + margin);
            String left = text.substring(from, at);
            String right = text.substring(at, to);
            if (left.indexOf('\n') < 0 && right.indexOf('\n') < 0) {
                continue;
            }
            most--;
            String[] rights = {right, BREAK.matcher(right).replaceFirst(""), ""};
            rights[2] = BREAK.matcher(rights[1]).replaceFirst("");
            for (int joined = 0; joined < 3; joined++) {
                for (String end : rights) {
                    out.append(from > 0 ? "X" : "").append(left).append(end).append(to < text.length() ? "X\n" : "\n");
                }
                int line = left.lastIndexOf('\n');
                String before = left.substring(0, Math.max(0, line)).stripTrailing();
                left = line < 0 || before.endsWith("=") ? left : before + left.substring(line).replaceFirst("^[\\s>]+", "");
            }
        }
        return out.length() == 0 ? List.of() : List.of(out.toString());
    }

    /** Without comments and tags; once with all of them, once with those that begin a block as line breaks. */
    static List<String> tags(String text, int margin) {
        StringBuilder joined = new StringBuilder(text.length());
        StringBuilder blocks = new StringBuilder(text.length());
        int done = 0;
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', Math.max(at + 1, done))) {
            int end = tagEnd(text, at);
            if (end > 0) {
                joined.append(text, done, at);
                blocks.append(text, done, at);
                if (isBlock(text, at)) {
                    blocks.append('\n');
                }
                done = end;
            }
        }
        if (done == 0) {
            return List.of();
        }
        joined.append(text, done, text.length());
        blocks.append(text, done, text.length());
        return List.of(blocks.toString(), joined.toString());
    }

    /** The end of the tag or comment that begins here, or -1 if none does. */
    private static int tagEnd(String text, int at) {
        if (text.startsWith("<!--", at)) {
            int end = text.indexOf("-->", at + 4);
            return end < 0 ? text.length() : end + 3;
        }
        int name = at + 1 < text.length() && text.charAt(at + 1) == '/' ? at + 2 : at + 1;
        int end = name;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || ":-!?[]".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        if (end == name || end == text.length() || " \t\r\n/>".indexOf(text.charAt(end)) < 0) {
            return -1;
        }
        while (end < text.length() && text.charAt(end) != '>' && text.charAt(end) != '<') {
            end++;
        }
        return end < text.length() && text.charAt(end) == '>' ? end + 1 : -1;
    }

    private static boolean isBlock(String text, int at) {
        int name = text.charAt(at + 1) == '/' ? at + 2 : at + 1;
        int end = name;
        while (end < text.length() && end - name < 12 && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        return BLOCKS.contains(text.substring(name, end).toLowerCase(Locale.ROOT));
    }

    /** Compatible characters are the same, invisible ones are nothing. */
    static List<String> lookalikes(String text, int margin) {
        boolean octets = isBelow(text, 256);
        // as long as it is octets, only one of the high ones is known to be invisible
        String in = Windows.around(text, margin, (s, i) -> DISGUISED.get(s.charAt(i))
            && (!octets || s.charAt(i) < 0x80 || s.charAt(i) == 0xad));
        if (in.isEmpty()) {
            return List.of();
        }
        StringBuilder visible = new StringBuilder(in.length());
        in.codePoints().forEach(c -> {
            if (c == 0x3002 || c == 0xff61) {
                visible.append('.');
            } else if (c >= 0x2010 && c <= 0x2015 || c == 0x2212) {
                visible.append('-');
            } else if (!isInvisible(c)) {
                visible.appendCodePoint(c);
            }
        });
        return List.of(octets ? visible.toString() : Normalizer.normalize(visible, Normalizer.Form.NFKC));
    }

    private static boolean isBelow(String text, int limit) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= limit) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInvisible(int c) {
        boolean control = c == 0x7f || c < 0x20 && c != '\r' && c != '\n' && c != '\t' && c != 0x1b;
        boolean selector = c >= 0xfe00 && c <= 0xfe0f || c >= 0x180b && c <= 0x180f || c == 0x34f || c == 0x115f || c == 0x1160
            || c == 0x3164 || c == 0xffa0 || c == 0x17b4 || c == 0x17b5;
        boolean unassigned = c == 0x2065 || c >= 0xfff0 && c <= 0xfff8 || c >> 12 == 0xe0;
        return control || selector || unassigned || c >= 0x80 && Character.getType(c) == Character.FORMAT;
    }

    /** What RFC 5322 allows around the parts of an address: comments, quotes, quoted pairs, white space. */
    static List<String> addressSyntax(String text, int margin) {
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            if (!mayHaveSyntax(text, at)) {
                continue;
            }
            int from = Math.max(0, at - margin);
            int to = Math.min(text.length(), at + margin);
            String left = text.substring(from, at);
            String right = text.substring(at + 1, to);
            String plainLeft = withoutComments(left).replaceAll("\\\\(.)", "$1").stripTrailing().replace("\"", "");
            String plainRight = withoutComments(right).stripLeading().replaceAll("[ \\t\\r\\n]*\\.[ \\t\\r\\n]*", ".").replace("\"", "");
            if (plainLeft.length() + plainRight.length() < left.length() + right.length() && done++ < 200) {
                out.append(from > 0 ? "X" : "").append(plainLeft).append('@').append(plainRight).append(to < text.length() ? "X\n" : "\n");
            }
        }
        return out.length() == 0 ? List.of() : List.of(out.toString());
    }

    private static boolean mayHaveSyntax(String text, int at) {
        char before = at == 0 ? '<' : text.charAt(at - 1);
        int end = at + 1;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '.' || text.charAt(end) == '-')) {
            end++;
        }
        int next = end;
        while (next < text.length() && text.charAt(next) <= ' ') {
            next++;
        }
        char after = end < text.length() ? text.charAt(end) : '>';
        boolean apart = next < text.length() && next > end && (text.charAt(next) == '.' || text.charAt(end - 1) == '.');
        return before <= ' ' || before == '"' || before == ')' || after == '(' || after == '"' || apart || end == at + 1 && after <= ' '
            || text.substring(Math.max(0, at - 64), at).indexOf('\\') >= 0;
    }

    private static String withoutComments(String text) {
        String rest = text;
        for (int depth = 0; depth < 5 && rest.indexOf('(') >= 0; depth++) {
            String next = PARENTHESES.matcher(rest).replaceAll("");
            if (next.length() == rest.length()) {
                break;
            }
            rest = next;
        }
        return rest;
    }

    /** UTF-8, where it is UTF-8, around characters that are not what they look like. */
    static List<String> utf8(String text, int margin) {
        return utf8(Windows.around(text, margin, (s, i) -> {
            int code = s.charAt(i) < 0x80 ? -1 : codePoint(s, i);
            return code > Character.MAX_VALUE || code >= 0 && DISGUISED.get(code);
        }));
    }

    /** All UTF-8, where it is UTF-8. */
    static List<String> utf8Letters(String text, int margin) {
        return utf8(Windows.around(text, margin, (s, i) -> s.charAt(i) >= 0x80 && codePoint(s, i) >= 0));
    }

    private static List<String> utf8(String in) {
        StringBuilder out = new StringBuilder(in.length());
        int at = 0;
        while (at < in.length()) {
            int code = in.charAt(at) < 0x80 ? -1 : codePoint(in, at);
            if (code >= 0) {
                out.appendCodePoint(code);
                at += code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            } else {
                out.append(in.charAt(at));
                at++;
            }
        }
        return in.isEmpty() ? List.of() : List.of(out.toString());
    }

    /** The character whose UTF-8 begins here, or -1. */
    private static int codePoint(String text, int at) {
        char c = text.charAt(at);
        int length = c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        boolean valid = length > 1 && at + length <= text.length();
        int code = c & 0xff >> length + 1;
        for (int i = 1; valid && i < length; i++) {
            valid = (text.charAt(at + i) & 0xffc0) == 0x80;
            code = code << 6 | text.charAt(at + i) & 0x3f;
        }
        return valid && code <= Character.MAX_CODE_POINT && code >= (length == 3 ? 0x800 : length == 4 ? 0x10000 : 0x80) ? code : -1;
    }

    static List<String> shiftJis(String text, int margin) {
        return japanese(text, SHIFT_JIS);
    }

    static List<String> eucJp(String text, int margin) {
        return japanese(text, EUC_JP);
    }

    static List<String> iso2022Jp(String text, int margin) {
        return japanese(text, ISO_2022_JP);
    }

    /** The lines with escapes, or with high octets that are not valid in UTF-8, if nearly all are valid in this charset. */
    private static List<String> japanese(String text, Charset charset) {
        StringBuilder out = new StringBuilder();
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = text.indexOf('\n', start) + 1;
            end = end == 0 ? text.length() : end;
            String line = text.substring(start, end);
            if (charset.equals(ISO_2022_JP) ? line.indexOf(0x1b) < 0 : isBelow(line, 0x80) || isUtf8(line)) {
                continue;
            }
            String decoded = new String(line.getBytes(StandardCharsets.ISO_8859_1), charset);
            long high = line.chars().filter(c -> c >= 0x80).count();
            long errors = decoded.chars().filter(c -> c == 0xfffd).count();
            if (errors * 10 <= high || charset.equals(ISO_2022_JP)) {
                out.append(decoded);
            }
        }
        return out.length() == 0 ? List.of() : List.of(out.toString());
    }

    static boolean isUtf8(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) >= 0x80) {
                int code = codePoint(text, at);
                if (code < 0) {
                    return false;
                }
                at += code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
            }
        }
        return true;
    }

    /** UTF-16 and UTF-32: without the zeros, and both orders of octets at both alignments. */
    static List<String> utf16(String text, int margin) {
        String in = Windows.around(text, margin, "\u0000\u00fe\u00ff", (s, i) -> i + 2 < s.length()
            && (s.charAt(i) == 0 ? s.charAt(i + 2) == 0 && s.charAt(i + 1) != 0 : s.charAt(i) + s.charAt(i + 1) == 0x1fd));
        if (in.isEmpty()) {
            return List.of();
        }
        List<String> decoded = new ArrayList<>();
        decoded.add(in.replace("\u0000", ""));
        for (int start = 0; start < 2; start++) {
            byte[] octets = in.substring(start).getBytes(StandardCharsets.ISO_8859_1);
            decoded.add(new String(octets, StandardCharsets.UTF_16LE));
            decoded.add(new String(octets, StandardCharsets.UTF_16BE));
        }
        return decoded;
    }
}
