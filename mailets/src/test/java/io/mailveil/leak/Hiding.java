package io.mailveil.leak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Ways to hide a text in a message. Texts in and out are octets: characters below 256. */
enum Hiding {
    PLAIN(text -> text),
    UPPER_CASE(text -> text.toUpperCase(java.util.Locale.ROOT)),
    QUOTED_PRINTABLE(text -> each(text, c -> c == '\r' || c == '\n' ? String.valueOf(c) : String.format("=%02X", (int) c))),
    QUOTED_PRINTABLE_LOWER(text -> each(text, c -> c == '@' || c > 126 ? String.format("=%02x", (int) c) : String.valueOf(c))),
    SOFT_BREAKS(text -> every(text, 7, "=\r\n")),
    BASE64(text -> Base64.getMimeEncoder().encodeToString(octets(text))),
    BASE64_SHORT_LINES(text -> Base64.getMimeEncoder(4, octets("\r\n")).encodeToString(octets("ab" + " " + text))),
    BASE64_URL(text -> "t=" + Base64.getUrlEncoder().withoutPadding().encodeToString(octets("?>" + text + "?>"))),
    BASE64_AFTER_LETTERS(text -> "token-" + Base64.getEncoder().encodeToString(octets(text))),
    ENCODED_WORD_Q(text -> "=?utf-8?Q?" + each(text, c -> c < 64 || c > 122 || c == '_' ? String.format("=%02X", (int) c)
        : String.valueOf(c)) + "?="),
    ENCODED_WORD_B(text -> "=?UTF-8*en?b?" + Base64.getEncoder().encodeToString(octets(text)) + "?="),
    ENCODED_WORDS_SPLIT(text -> "=?utf-8?b?" + Base64.getEncoder().encodeToString(octets(text.substring(0, text.length() / 2)))
        + "?=\r\n =?utf-8?q?" + each(text.substring(text.length() / 2), c -> String.format("=%02X", (int) c)) + "?="),
    PERCENT(text -> each(text, c -> c == '@' || c == '.' || c > 126 || c == '%' ? String.format("%%%02X", (int) c) : String.valueOf(c))),
    PERCENT_ALL(text -> each(text, c -> String.format("%%%02x", (int) c))),
    PERCENT_TWICE(text -> PERCENT.hide(PERCENT.hide(text))),
    PERCENT_THRICE(text -> PERCENT.hide(PERCENT.hide(PERCENT.hide(text)))),
    ENTITIES_NAMED(text -> text.replace("&", "&amp;").replace("@", "&commat;").replace(".", "&period;")),
    ENTITIES_DECIMAL(text -> each(text, c -> "&#" + (int) c + ";")),
    ENTITIES_HEX(text -> each(text, c -> c == '@' || c == '&' ? String.format("&#X%X;", (int) c) : String.valueOf(c))),
    ENTITIES_ZEROS(text -> each(text, c -> String.format("&#%07d", (int) c))),
    ESCAPES_U(text -> each(text, c -> c == '@' || c == '.' || c > 126 || c == '\\' ? String.format("\\u%04x", (int) c)
        : String.valueOf(c))),
    ESCAPES_X(text -> each(text, c -> c == '@' || c == '\\' ? String.format("\\x%02x", (int) c) : String.valueOf(c))),
    ESCAPES_BRACES(text -> text.replace("@", "\\u{40}")),
    ESCAPES_CSS(text -> text.replace("@", "\\000040 ")),
    AFTER_ESCAPED_LINE_END(text -> "DESCRIPTION:Hello\\n" + text + "\\, bye"),
    FOLDED(text -> every(text, 9, "\r\n ")),
    FOLDED_LF_TAB(text -> every(text, 9, "\n\t")),
    CONTINUED(text -> "filename*1=\"" + text.substring(8) + "\"; filename*0=\"" + text.substring(0, 8) + '"'),
    CONTINUED_PERCENT(text -> "name*0*=utf-8''" + PERCENT_ALL.hide(text.substring(0, 8)) + ";\r\n name*1*="
        + PERCENT_ALL.hide(text.substring(8, 10)) + ";\r\n name*2=\"" + text.substring(10) + '"'),
    FULL_WIDTH(text -> latin(each(text, c -> c > ' ' && c < 127 ? String.valueOf((char) (c + 0xfee0)) : String.valueOf(c)))),
    FULL_WIDTH_SHIFT_JIS(text -> latin(wide(text), "Shift_JIS")),
    FULL_WIDTH_EUC_JP(text -> latin(wide(text), "EUC-JP")),
    FULL_WIDTH_ISO_2022_JP(text -> latin(wide(text), "ISO-2022-JP")),
    AFTER_SHIFT_JIS(text -> latin("\u30a2", "Shift_JIS") + text),
    AFTER_ISO_2022_JP(text -> latin("\u5b9b\u5148", "ISO-2022-JP") + text),
    AFTER_JAPANESE(text -> latin("\u5b9b\u5148") + text + latin("\u307e\u3067")),
    ZERO_WIDTH(text -> latin(every(text, 3, "\u200b"))),
    SOFT_HYPHENS(text -> latin(every(text, 3, "\u00ad"))),
    DIRECTION_MARKS(text -> latin("\u202a" + every(text, 5, "\u200e") + "\u202c")),
    CONTROLS(text -> every(text, 11, "\u0001")),
    TAGS(text -> "<p>Mail <b>" + every(text, 4, "</b><b class=\"x\">") + "</b></p>"),
    TAGS_LONG(text -> "<td>Mail</td><td>"
        + every(text, 9, "<span style=\"" + "color: black; ".repeat(90) + "\"></span>") + "</td><td>now</td>"),
    HTML_COMMENTS(text -> every(text, 5, "<!-- > x -->")),
    UTF_16LE(text -> latin(text, "UTF-16LE")),
    UTF_16BE(text -> latin(text, "UTF-16BE")),
    UTF_16_ODD(text -> "x" + latin(text, "UTF-16LE")),
    UTF_32(text -> latin(text, "UTF-32BE")),
    UTF_7(text -> text.replace("@", "+AEA-").replace(".", "+AC4-")),
    UUENCODE(Hiding::uuencode),
    GZIP(text -> compress(text, "gzip")),
    ZLIB(text -> compress(text, "zlib")),
    ZIP(text -> compress(text, "zip")),
    ZIP_STORED(text -> compress(text, "stored")),
    HEX(text -> each(text, c -> String.format("%02x", (int) c))),
    BASE32(text -> "x-pb4wgylsn5wea53pojwgiltumvzxi6q");

    private final UnaryOperator<String> way;

    Hiding(UnaryOperator<String> way) {
        this.way = way;
    }

    private interface Spelling {
        String of(char c);
    }

    String hide(String text) {
        return way.apply(text);
    }

    /** Can this hide what is hidden already? Some ways would destroy what they cannot express. */
    boolean canHide(String hidden) {
        switch (this) {
            case UPPER_CASE:
            case HEX:
            case BASE32:
                return false;
            case PLAIN:
            case QUOTED_PRINTABLE:
            case BASE64:
            case BASE64_SHORT_LINES:
            case BASE64_URL:
            case BASE64_AFTER_LETTERS:
            case ENCODED_WORD_B:
            case PERCENT_ALL:
            case UUENCODE:
            case GZIP:
            case ZLIB:
            case ZIP:
            case ZIP_STORED:
                return true;
            case FULL_WIDTH:
            case FULL_WIDTH_SHIFT_JIS:
            case FULL_WIDTH_EUC_JP:
            case FULL_WIDTH_ISO_2022_JP:
            case AFTER_SHIFT_JIS:
            case AFTER_ISO_2022_JP:
            case AFTER_JAPANESE:
            case ZERO_WIDTH:
            case SOFT_HYPHENS:
            case DIRECTION_MARKS:
            case CONTROLS:
                return hidden.chars().allMatch(c -> c < 127 && (c >= ' ' || c == '\r' || c == '\n' || c == '\t'))
                    && !hidden.startsWith("begin 644");
            case TAGS:
            case TAGS_LONG:
            case HTML_COMMENTS:
                return hidden.indexOf('<') < 0 && !hidden.startsWith("begin 644");
            case CONTINUED:
            case CONTINUED_PERCENT:
                return hidden.chars().allMatch(c -> c >= ' ' && c != '"' || c == 0x1b);
            case PERCENT:
            case PERCENT_TWICE:
            case PERCENT_THRICE:
                // does not encode all of a shifted text
                return hidden.indexOf(0x1b) < 0 && hidden.chars().allMatch(c -> c >= ' ' || c == '\r' || c == '\n' || c == '\t');
            default:
                return hidden.chars().allMatch(c -> c >= ' ' || c == '\r' || c == '\n' || c == '\t' || c == 0x1b);
        }
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The octets of a text in UTF-8. */
    static String latin(String text) {
        return latin(text, "UTF-8");
    }

    static String latin(String text, String charset) {
        return new String(text.getBytes(Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    }

    private static String each(String text, Spelling spelling) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            out.append(spelling.of(c));
        }
        return out.toString();
    }

    private static String wide(String text) {
        // the wide hyphen of the Japanese charsets is the minus sign of Unicode
        return each(text, c -> c == '-' ? "\u2212" : c > ' ' && c < 127 ? String.valueOf((char) (c + 0xfee0)) : String.valueOf(c));
    }

    private static String every(String text, int length, String between) {
        StringBuilder out = new StringBuilder(text);
        for (int at = (text.length() - 1) / length * length; at > 0; at -= length) {
            out.insert(at, between);
        }
        return out.toString();
    }

    private static String uuencode(String text) {
        StringBuilder out = new StringBuilder("begin 644 x.txt\r\n");
        for (int start = 0; start < text.length(); start += 45) {
            String line = text.substring(start, Math.min(text.length(), start + 45));
            out.append((char) (' ' + line.length()));
            for (int i = 0; i < line.length(); i += 3) {
                String three = (line + "\0\0").substring(i, i + 3);
                int bits = three.charAt(0) << 16 | three.charAt(1) << 8 | three.charAt(2);
                for (int shift = 18; shift >= 0; shift -= 6) {
                    int sextet = bits >> shift & 63;
                    out.append(sextet == 0 ? '`' : (char) (' ' + sextet));
                }
            }
            out.append("\r\n");
        }
        return out.append("`\r\nend\r\n").toString();
    }

    private static String compress(String text, String how) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            switch (how) {
                case "gzip":
                    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(octets(text));
                    }
                    break;
                case "zlib":
                    try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
                        zlib.write(octets(text));
                    }
                    break;
                default:
                    try (ZipOutputStream zip = new ZipOutputStream(out)) {
                        zip.setLevel(how.equals("stored") ? 0 : 9);
                        zip.putNextEntry(new ZipEntry("a.txt"));
                        zip.write(octets("Another member of the archive"));
                        zip.putNextEntry(new ZipEntry("b.txt"));
                        zip.write(octets(text));
                    }
                    break;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
