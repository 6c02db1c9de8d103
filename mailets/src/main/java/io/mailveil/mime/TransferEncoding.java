package io.mailveil.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The transfer encodings of RFC 2045 section 6. Reading is lenient and remembers whether it had to be: what was not written by the rules
 * may be read in two ways, so it is to be written anew.
 */
enum TransferEncoding {
    /** 7bit, 8bit and binary: the octets as they are. */
    IDENTITY,
    QUOTED_PRINTABLE,
    BASE64;

    /** The first word that is not in a comment. */
    private static final Pattern NAME = Pattern.compile("^\\s*(?:\\([^)]*\\)\\s*){0,20}\"?([^\\s;(\"]+)");

    /** How it is written; a field that names none of RFC 2045 is read as 8bit. */
    static TransferEncoding of(Optional<String> field) {
        switch (name(field)) {
            case "base64":
                return BASE64;
            case "quoted-printable":
                return QUOTED_PRINTABLE;
            default:
                return IDENTITY;
        }
    }

    private static String name(Optional<String> field) {
        Matcher matcher = NAME.matcher(field.orElse("7bit"));
        return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    }

    /** The name to write for a field that was read as this encoding: itself, or 8bit if it names none that is known. */
    String token(Optional<String> field) {
        switch (this) {
            case BASE64:
                return "base64";
            case QUOTED_PRINTABLE:
                return "quoted-printable";
            default:
                String name = name(field);
                return name.equals("7bit") || name.equals("binary") ? name : "8bit";
        }
    }

    /** Decoded content. */
    static final class Decoded {
        private final byte[] octets;
        private final boolean byTheRules;

        private Decoded(byte[] octets, boolean byTheRules) {
            this.octets = octets;
            this.byTheRules = byTheRules;
        }

        byte[] octets() {
            return octets;
        }

        /** Whether every reader reads the same. */
        boolean byTheRules() {
            return byTheRules;
        }
    }

    /** Reads all there is. */
    Decoded decode(byte[] raw) {
        switch (this) {
            case BASE64:
                return base64(raw);
            case QUOTED_PRINTABLE:
                return quotedPrintable(raw);
            default:
                return new Decoded(raw, linesAreShort(raw));
        }
    }

    private static Decoded base64(byte[] raw) {
        byte[] result = new byte[raw.length / 4 * 3 + 3];
        int length = 0;
        int bits = 0;
        int digits = 0;
        int padding = 0;
        boolean byTheRules = true;
        for (byte octet : raw) {
            int digit = digit(octet);
            if (digit >= 0) {
                if (padding > 0) {
                    byTheRules = false;
                    padding = 0;
                    digits = 0;
                }
                bits = bits << 6 | digit;
                digits++;
                if (digits % 4 != 1) {
                    result[length++] = (byte) (bits >> (3 - (digits - 1) % 4) * 2);
                }
                digits %= 4;
            } else if (octet == '=') {
                padding++;
            } else if (octet != '\r' && octet != '\n' && octet != ' ' && octet != '\t') {
                byTheRules = false;
            }
        }
        byTheRules &= digits == 0 && padding == 0 || digits + padding == 4 && digits > 1;
        return new Decoded(Arrays.copyOf(result, length), byTheRules && linesAreShort(raw));
    }

    private static int digit(byte octet) {
        if (octet >= 'A' && octet <= 'Z') {
            return octet - 'A';
        } else if (octet >= 'a' && octet <= 'z') {
            return octet - 'a' + 26;
        } else if (octet >= '0' && octet <= '9') {
            return octet - '0' + 52;
        }
        return octet == '+' ? 62 : octet == '/' ? 63 : -1;
    }

    private static Decoded quotedPrintable(byte[] raw) {
        byte[] result = new byte[raw.length];
        int length = 0;
        // white space at the end of a line was added on the way (RFC 2045 section 6.7 rule 3)
        int significant = 0;
        boolean byTheRules = true;
        for (int i = 0; i < raw.length; i++) {
            byte octet = raw[i];
            if (octet == '\r' || octet == '\n') {
                length = significant;
                result[length++] = octet;
                significant = length;
            } else if (octet != '=') {
                result[length++] = octet;
                if (octet != ' ' && octet != '\t') {
                    significant = length;
                }
            } else if (i + 2 < raw.length && hex(raw[i + 1]) >= 0 && hex(raw[i + 2]) >= 0) {
                result[length++] = (byte) (hex(raw[i + 1]) << 4 | hex(raw[i + 2]));
                significant = length;
                i += 2;
            } else {
                int behind = afterSoftBreak(raw, i + 1);
                if (behind > 0) {
                    significant = length;
                    i = behind - 1;
                } else {
                    byTheRules = false;
                    result[length++] = octet;
                    significant = length;
                }
            }
        }
        return new Decoded(Arrays.copyOf(result, length), byTheRules && linesAreShort(raw));
    }

    /** Where the next line begins if there is nothing but white space before it, else 0. */
    private static int afterSoftBreak(byte[] raw, int from) {
        int i = from;
        while (i < raw.length && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\r')) {
            i++;
        }
        if (i == raw.length) {
            return i;
        }
        return raw[i] == '\n' ? i + 1 : 0;
    }

    private static int hex(byte octet) {
        return octet < 0 ? -1 : Character.digit((char) octet, 16);
    }

    private static boolean linesAreShort(byte[] octets) {
        int column = 0;
        for (byte octet : octets) {
            column = octet == '\n' ? 0 : column + 1;
            if (column > MessageOutput.MAX_LINE + 1) {
                return false;
            }
        }
        return true;
    }

    /** Whether content can be written in this encoding: without one, lines have to be short. */
    boolean carries(byte[] octets) {
        return this != IDENTITY || linesAreShort(octets);
    }

    /** Writes it by the rules. */
    byte[] encode(byte[] octets) {
        switch (this) {
            case BASE64:
                return Base64.getMimeEncoder().encode(octets);
            case QUOTED_PRINTABLE:
                return encodeQuotedPrintable(octets);
            default:
                return octets;
        }
    }

    private static byte[] encodeQuotedPrintable(byte[] octets) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(octets.length + octets.length / 4);
        int column = 0;
        for (int i = 0; i < octets.length; i++) {
            int octet = octets[i] & 0xff;
            boolean lineEnd = octet == '\n' || octet == '\r' && i + 1 < octets.length && octets[i + 1] == '\n';
            if (lineEnd) {
                result.write(octet);
                column = 0;
                continue;
            }
            boolean last = i + 1 == octets.length || octets[i + 1] == '\n' || octets[i + 1] == '\r';
            boolean plain = octet > ' ' && octet <= '~' && octet != '=' || (octet == ' ' || octet == '\t') && !last;
            int width = plain ? 1 : 3;
            if (column + width > 75) {
                result.write('=');
                result.write('\r');
                result.write('\n');
                column = 0;
            }
            if (plain) {
                result.write(octet);
            } else {
                byte[] escaped = String.format("=%02X", octet).getBytes(StandardCharsets.US_ASCII);
                result.write(escaped, 0, escaped.length);
            }
            column += width;
        }
        return result.toByteArray();
    }
}
