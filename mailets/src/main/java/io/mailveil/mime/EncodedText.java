package io.mailveil.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.base.CharMatcher;

/**
 * Text within text, in base64: what {@code data:} URLs carry (RFC 2397), and what links of newsletters tell the server about the reader.
 * The former is scrubbed like HTML; of the latter a piece that names somebody hidden goes as a whole, since nobody but that server knows
 * how it is made.
 */
final class EncodedText {
    private static final Pattern DATA = Pattern.compile("(?i)(;base64,)((?:[a-z0-9+/=_-]|%[0-9a-f]{2})++)");
    private static final int LONGEST_SCHEME = 21;
    private static final CharMatcher IN_SCHEME = CharMatcher.inRange('a', 'z').or(CharMatcher.inRange('A', 'Z'))
        .or(CharMatcher.inRange('0', '9')).or(CharMatcher.anyOf("+.-")).precomputed();
    private static final CharMatcher BEHIND_URL = CharMatcher.anyOf(" \t\n\013\f\r\"'<>").precomputed();
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
        return urls(result, scrubber);
    }

    /** Looked for from the sign behind the scheme, since every word could be one. */
    private static String urls(String text, Scrubber scrubber) {
        StringBuilder result = null;
        int done = 0;
        for (int sign = text.indexOf("://"); sign >= 0; sign = text.indexOf("://", sign + 3)) {
            int from = sign;
            while (from > done && sign - from < LONGEST_SCHEME && IN_SCHEME.matches(text.charAt(from - 1))) {
                from--;
            }
            int to = BEHIND_URL.indexIn(text, sign);
            to = to < 0 ? text.length() : to;
            if (from < sign && from >= done) {
                String url = text.substring(from, to);
                String clean = url(url, scrubber);
                if (!clean.equals(url)) {
                    result = result == null ? new StringBuilder(text.length()) : result;
                    result.append(text, done, from).append(clean);
                    done = to;
                }
            }
            sign = Math.max(sign, to - 3);
        }
        return result == null ? text : result.append(text, done, text.length()).toString();
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
