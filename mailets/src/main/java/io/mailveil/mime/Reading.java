package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Text as it is understood and not as it is written: entities of HTML, percent-encoding and backslash escapes decoded, letters folded
 * to lower case and to their plain forms, invisible characters left out. Every character knows where in the text it comes from.
 *
 * <p>It is only searched, never written, so decoding too much does no harm.
 */
final class Reading {
    private static final Map<String, Character> ENTITIES = entities();
    private static final int LONGEST_ENTITY = 64;
    /** A backslash before one of these means nothing: quoted pairs (RFC 5322), TEXT of iCalendar (RFC 5545), JSON, Markdown. */
    private static final String ESCAPED_AS_ITSELF = ";,@\"._-+";

    private final String text;
    private final char[] chars;
    private final int[] starts;
    private final int[] ends;
    private int length;

    private Reading(String text) {
        this.text = text;
        this.chars = new char[text.length()];
        this.starts = new int[text.length()];
        this.ends = new int[text.length()];
    }

    /** What is left out before anything is decoded. */
    private enum Form {
        AS_IT_STANDS, TAGS, SOFT_BREAKS, FLOWED
    }

    /** As it stands. */
    static Reading of(String text) {
        return read(text, Form.AS_IT_STANDS).folded();
    }

    /** As it is written: no escape is decoded. */
    static Reading literal(String text) {
        Reading reading = new Reading(text);
        reading.take(Form.AS_IT_STANDS);
        return reading.folded();
    }

    /** As it is shown: without tags and comments. */
    static Reading withoutTags(String html) {
        return read(html, Form.TAGS).folded();
    }

    /** The source of a text in quoted-printable (RFC 2045 section 6.7), as it is found where somebody pasted one. */
    static Reading quotedPrintable(String source) {
        return read(source, Form.SOFT_BREAKS).folded();
    }

    /** {@code format=flowed} with {@code delsp=yes} (RFC 3676 section 4.1): lines that end in a space go on without it. */
    static Reading flowed(String text) {
        return read(text, Form.FLOWED).folded();
    }

    /** Decoded only: letters keep their case, as in ids. */
    static Reading exact(String text) {
        Reading reading = new Reading(text);
        reading.take(Form.AS_IT_STANDS);
        reading.decodeEntities();
        reading.decodeBackslash();
        return reading;
    }

    private static Reading read(String text, Form form) {
        Reading reading = new Reading(text);
        reading.take(form);
        if (form == Form.SOFT_BREAKS) {
            reading.decodeHex('=');
        }
        if (text.indexOf('&') >= 0) {
            reading.decodeEntities();
        }
        // "%2540" takes two rounds
        for (int round = 0; round < 2 && reading.has('%'); round++) {
            reading.decodeHex('%');
        }
        if (reading.has('\\')) {
            reading.decodeBackslash();
        }
        return reading;
    }

    private Reading folded() {
        fold();
        return this;
    }

    private void take(Form form) {
        int lastTagEnd = form == Form.TAGS ? text.lastIndexOf('>') : -1;
        int lastCommentEnd = form == Form.TAGS ? text.lastIndexOf("-->") : -1;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (i < lastTagEnd && c == '<' && opensTag(text, i)) {
                boolean comment = i < lastCommentEnd && text.startsWith("<!--", i);
                i = comment ? text.indexOf("-->", i) + 3 : text.indexOf('>', i) + 1;
            } else if (form == Form.SOFT_BREAKS && c == '=' && lineBreak(i + 1) > 0) {
                i += 1 + lineBreak(i + 1);
            } else if (form == Form.FLOWED && c == ' ' && lineBreak(i + 1) > 0) {
                i = behindQuoteMarks(i + 1 + lineBreak(i + 1));
            } else if (c == '\\' && i + 1 < text.length() && ESCAPED_AS_ITSELF.indexOf(text.charAt(i + 1)) >= 0) {
                put(length++, text.charAt(i + 1), i, i + 2);
                i += 2;
            } else {
                put(length++, c, i, i + 1);
                i++;
            }
        }
    }

    /** "a &lt;3 b" has no tag. */
    static boolean opensTag(String text, int at) {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        return isAlphanumeric(next) && !Character.isDigit(next) || next == '/' || next == '!' || next == '?';
    }

    /** Length of the line break that begins here. */
    private int lineBreak(int at) {
        return text.startsWith("\r\n", at) ? 2 : text.startsWith("\n", at) ? 1 : 0;
    }

    private int behindQuoteMarks(int lineStart) {
        int i = lineStart;
        while (i < text.length() && text.charAt(i) == '>') {
            i++;
        }
        return i < text.length() && text.charAt(i) == ' ' ? i + 1 : i;
    }

    private void put(int at, char c, int start, int end) {
        chars[at] = c;
        starts[at] = start;
        ends[at] = end;
    }

    private boolean has(char wanted) {
        for (int i = 0; i < length; i++) {
            if (chars[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    private void decodeEntities() {
        int to = 0;
        for (int i = 0; i < length; i++) {
            int last = i;
            int code = -1;
            if (chars[i] == '&' && i + 2 < length) {
                int end = i + 1;
                while (end < length && end < i + LONGEST_ENTITY && (isAlphanumeric(chars[end]) || chars[end] == '#' && end == i + 1)) {
                    end++;
                }
                boolean closed = end < length && chars[end] == ';';
                if (chars[i + 1] == '#') {
                    code = number(i + 2, end);
                    int behind = digitsEnd(i + 2, end);
                    last = code < 0 ? i : closed && behind == end ? end : behind - 1;
                } else {
                    Character named = ENTITIES.get(new String(chars, i + 1, end - i - 1));
                    if (named != null) {
                        code = named;
                        last = closed ? end : end - 1;
                    }
                }
            }
            to = code < 0 ? move(i, to) : putCode(code, i, last, to);
            i = last;
        }
        length = to;
    }

    private int move(int from, int to) {
        put(to, chars[from], starts[from], ends[from]);
        return to + 1;
    }

    /** Two characters never take more room than what they were written with. */
    private int putCode(int code, int first, int last, int to) {
        int start = starts[first];
        int end = ends[last];
        int next = to;
        for (char c : Character.toChars(code)) {
            put(next++, c, start, end);
        }
        return next;
    }

    private int number(int from, int to) {
        boolean hex = from < to && (chars[from] == 'x' || chars[from] == 'X');
        int code = -1;
        for (int i = hex ? from + 1 : from; i < to; i++) {
            int digit = Character.digit(chars[i], hex ? 16 : 10);
            if (digit < 0) {
                break;
            }
            code = Math.max(code, 0) * (hex ? 16 : 10) + digit;
            if (code > Character.MAX_CODE_POINT) {
                return -1;
            }
        }
        return code;
    }

    private int digitsEnd(int from, int to) {
        boolean hex = chars[from] == 'x' || chars[from] == 'X';
        int i = hex ? from + 1 : from;
        while (i < to && Character.digit(chars[i], hex ? 16 : 10) >= 0) {
            i++;
        }
        return i;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** A sign with two hexadecimal digits behind it is an octet of UTF-8, or of Latin-1. */
    private void decodeHex(char sign) {
        int to = 0;
        int i = 0;
        while (i < length) {
            int octet = octet(sign, i);
            if (octet < 0) {
                to = move(i++, to);
                continue;
            }
            int more = octet >= 0xf0 ? 3 : octet >= 0xe0 ? 2 : octet >= 0xc0 ? 1 : 0;
            byte[] octets = new byte[more + 1];
            int count = 0;
            for (int at = i; count <= more && octet(sign, at) >= 0; at += 3) {
                octets[count++] = (byte) octet(sign, at);
            }
            String decoded = new String(octets, 0, count, StandardCharsets.UTF_8);
            if (count <= more || decoded.indexOf('\ufffd') >= 0) {
                count = 1;
                decoded = String.valueOf((char) octet);
            }
            to = putCode(decoded.codePointAt(0), i, i + 3 * count - 1, to);
            i += 3 * count;
        }
        length = to;
    }

    private int octet(char sign, int at) {
        return at + 2 < length && chars[at] == sign ? hex(at + 1, 2) : -1;
    }

    private int hex(int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < length && chars[i] < 0x80 ? Character.digit(chars[i], 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** JavaScript and JSON: a backslash with u and four digits, or with x and two; CSS: with up to six, and a space. */
    private void decodeBackslash() {
        int to = 0;
        for (int i = 0; i < length; i++) {
            int digits = chars[i] != '\\' || i + 1 == length ? 0 : chars[i + 1] == 'u' ? 4 : chars[i + 1] == 'x' ? 2 : 0;
            int code = digits == 0 ? -1 : hex(i + 2, digits);
            int last = i + 1 + digits;
            if (digits == 0 && chars[i] == '\\') {
                last = i;
                while (last + 1 < length && last < i + 6 && chars[last + 1] < 0x80 && Character.digit(chars[last + 1], 16) >= 0) {
                    last++;
                }
                code = hex(i + 1, last - i);
                // else the backslash in HOST\bob would hide bob
                code = code > ' ' && code < 0x7f ? code : -1;
                last += last + 1 < length && (chars[last + 1] == ' ' || chars[last + 1] == '\t') ? 1 : 0;
            }
            if (code < 0) {
                to = move(i, to);
            } else {
                put(to++, (char) code, starts[i], ends[last]);
                i = last;
            }
        }
        length = to;
    }

    private void fold() {
        int to = 0;
        for (int i = 0; i < length; i++) {
            char c = chars[i];
            if (c < 0x80) {
                if (c >= ' ' || c == '\n' || c == '\r' || c == '\t') {
                    put(to++, c >= 'A' && c <= 'Z' ? (char) (c + 32) : c, starts[i], ends[i]);
                }
            } else if (isMark(c) && to > 0) {
                String composed = Normalizer.normalize(new String(new char[] {chars[to - 1], c}), Normalizer.Form.NFC);
                if (composed.length() == 1) {
                    put(to - 1, fold(composed.charAt(0)), starts[to - 1], ends[i]);
                } else {
                    put(to++, c, starts[i], ends[i]);
                }
            } else if (Character.isHighSurrogate(c) && i + 1 < length) {
                String plain = Normalizer.normalize(new String(chars, i, 2), Normalizer.Form.NFKC);
                if (Invisible.is(Character.codePointAt(chars, i, length))) {
                    i++;
                } else if (plain.length() == 1) {
                    put(to++, fold(plain.charAt(0)), starts[i], ends[i + 1]);
                    i++;
                } else {
                    put(to++, c, starts[i], ends[i]);
                }
            } else if (!Invisible.is(c)) {
                put(to++, fold(plain(c)), starts[i], ends[i]);
            }
        }
        length = to;
    }

    private static boolean isMark(char c) {
        return c >= 0x300 && c < 0x370 && c != 0x34f;
    }

    private static char plain(char c) {
        if (c == 0x3002 || c == 0xff61) {
            // dots of a domain name as well (RFC 3490 section 3.1)
            return '.';
        }
        boolean variant = c >= 0x2000 && c < 0x2c00 || c >= 0xfe50 && c < 0xfff0;
        String plain = variant ? Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFKC) : "";
        return plain.length() == 1 ? plain.charAt(0) : c;
    }

    /** The form of a letter in which it is compared. */
    static char fold(char c) {
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    /** A whole string in the form in which it is compared. */
    static String fold(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.chars().forEach(c -> result.append(fold((char) c)));
        return result.toString();
    }

    int length() {
        return length;
    }

    char at(int index) {
        return chars[index];
    }

    /** Whether the string, folded, stands here. */
    boolean matches(int at, String folded) {
        if (at < 0 || at + folded.length() > length) {
            return false;
        }
        for (int i = 0; i < folded.length(); i++) {
            if (chars[at + i] != folded.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String substring(int from, int to) {
        return new String(chars, from, to - from);
    }

    /** Where in the text the character begins. */
    int start(int index) {
        return starts[index];
    }

    /** Where in the text the character ends. */
    int end(int index) {
        return ends[index];
    }

    /** Whether something that is left out stands before the character. */
    boolean hasGapBefore(int index) {
        return ends[index - 1] < starts[index];
    }

    /** Whether the character is written as a capital. */
    boolean isCapital(int index) {
        return Character.isUpperCase(text.charAt(starts[index]));
    }

    /** The tags that stand within a stretch and have to stay when it is replaced. */
    String tagsWithin(int from, int to) {
        StringBuilder tags = new StringBuilder();
        for (int i = from; i + 1 < to; i++) {
            if (ends[i] < starts[i + 1] && text.charAt(ends[i]) == '<') {
                String between = text.substring(ends[i], starts[i + 1]);
                if (!between.startsWith("<!--") && !between.toLowerCase(Locale.ROOT).startsWith("<wbr")) {
                    tags.append(between);
                }
            }
        }
        return tags.toString();
    }

    private static Map<String, Character> entities() {
        Map<String, Character> result = new HashMap<>();
        String[] latin = ("Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH"
            + " Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc"
            + " atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde"
            + " ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml").split(" ");
        for (int i = 0; i < latin.length; i++) {
            result.put(latin[i], (char) (0xc0 + i));
        }
        String[] signs = ("commat @ period . lowbar _ UnderBar _ hyphen - dash - num # amp & AMP & plus + percnt % sol / excl ! dollar $"
            + " apos ' ast * midast * equals = quest ? Hat ^ grave ` lbrace { lcub { vert | verbar | VerticalLine | rbrace } rcub }"
            + " quot \" QUOT \" lt < gt > LT < GT >").split(" ");
        for (int i = 0; i < signs.length; i += 2) {
            result.put(signs[i], signs[i + 1].charAt(0));
        }
        String[] invisibles = ("shy zwnj zwj lrm rlm ZeroWidthSpace NegativeThinSpace NegativeMediumSpace NegativeThickSpace"
            + " NegativeVeryThinSpace NoBreak ApplyFunction af InvisibleTimes it InvisibleComma ic").split(" ");
        for (String invisible : invisibles) {
            result.put(invisible, '\u00ad');
        }
        return result;
    }
}
