package io.mailveil.mime;

import java.nio.charset.StandardCharsets;

/** The percent-encoding of URIs (RFC 3986 section 2.1), in UTF-8. */
final class PercentCoding {
    private PercentCoding() {
    }

    /** What is not a percent sign with two hexadecimal digits stays. */
    static String decode(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        byte[] result = new byte[octets.length];
        int length = 0;
        for (int i = 0; i < octets.length; i++) {
            int high = octets[i] == '%' && i + 2 < octets.length ? Character.digit(octets[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(octets[i + 2], 16);
            if (low >= 0) {
                result[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                result[length++] = octets[i];
            }
        }
        return new String(result, 0, length, StandardCharsets.UTF_8);
    }

    /** Everything but what may stand in the path of a {@code mailto:} or {@code cid:} URL (RFC 6068 section 2). */
    static String encode(String text) {
        StringBuilder result = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "@.-_~$!*+=,:/".indexOf(c) >= 0;
            result.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return result.toString();
    }
}
