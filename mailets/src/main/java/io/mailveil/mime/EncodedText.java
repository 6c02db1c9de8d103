package io.mailveil.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text within text, in base64: what {@code data:} URLs carry (RFC 2397), and what links of newsletters tell the server about the reader.
 * The former is scrubbed like HTML; of the latter a piece that names somebody hidden goes as a whole, since nobody but that server knows
 * how it is made.
 */
final class EncodedText {
    private static final Pattern DATA = Pattern.compile("(?i)(;base64,)((?:[a-z0-9+/=_-]|%[0-9a-f]{2})++)");
    private static final Pattern URL = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]{1,20}://[^\\s\"'<>]+");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/_-]{12,}+");
    private static final Pattern STEP = Pattern.compile("[A-Za-z0-9+_-]{12,}+");
    private static final int GLANCE = 64;

    private EncodedText() {
    }

    static String scrubbed(String text, Scrubber scrubber) {
        String result = text;
        if (result.contains("ase64,") || result.contains("ASE64,")) {
            result = DATA.matcher(result).replaceAll(data ->
                Matcher.quoteReplacement(data.group(1) + data(data.group(2), scrubber)));
        }
        return !result.contains("://") ? result
            : URL.matcher(result).replaceAll(url -> Matcher.quoteReplacement(url(url.group(), scrubber)));
    }

    /** A value that is base64 as a whole. */
    static String value(String written, Scrubber scrubber) {
        return data(written, scrubber);
    }

    private static String data(String written, Scrubber scrubber) {
        String bare = written.indexOf('%') < 0 ? written : PercentCoding.decode(written);
        byte[] head = decoded(bare.substring(0, Math.min(bare.length(), GLANCE)));
        byte[] octets = isText(head) ? decoded(bare) : new byte[0];
        if (!isText(octets)) {
            return written;
        }
        Charset charset = TextCharset.isExact(octets, StandardCharsets.UTF_8) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        String text = new String(octets, charset);
        String fresh = scrubber.html(text);
        return fresh.equals(text) ? written : Base64.getEncoder().encodeToString(fresh.getBytes(charset));
    }

    private static String url(String url, Scrubber scrubber) {
        String clean = TOKEN.matcher(url).replaceAll(token -> Matcher.quoteReplacement(token(token.group(), scrubber)));
        return clean.indexOf('/') < 0 ? clean
            : STEP.matcher(clean).replaceAll(token -> Matcher.quoteReplacement(token(token.group(), scrubber)));
    }

    private static String token(String token, Scrubber scrubber) {
        byte[] octets = decoded(token);
        boolean candidate = false;
        for (byte octet : octets) {
            candidate |= octet == '@' || octet == '%';
        }
        return candidate && scrubber.findsAddress(new String(octets, StandardCharsets.ISO_8859_1)) ? Scrubber.HIDDEN : token;
    }

    /** Both alphabets (RFC 4648 sections 4 and 5); as much as there is. */
    private static byte[] decoded(String token) {
        return TransferEncoding.BASE64.decode(token.replace('-', '+').replace('_', '/').getBytes(StandardCharsets.ISO_8859_1)).octets();
    }

    private static boolean isText(byte[] octets) {
        for (byte octet : octets) {
            if (octet >= 0 && octet < ' ' && octet != '\n' && octet != '\r' && octet != '\t') {
                return false;
            }
        }
        return octets.length > 0;
    }
}
