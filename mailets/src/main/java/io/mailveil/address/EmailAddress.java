package io.mailveil.address;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import com.google.common.base.CharMatcher;

/**
 * A mailbox address (RFC 5321 section 4.1.2, {@code Local-part "@" Domain}), the way it is compared and the way it
 * is written.
 *
 * <p>The domain is always lower case and in A-label form. The local part keeps its spelling for sending; two
 * addresses are equal when they differ only in the case of their local parts, because that is how the mailboxes of
 * this world behave. A quoted local part that needs no quotes is the same as the bare one. Dots may stand anywhere in
 * a local part: some mobile carriers have handed out such addresses, and hiding them matters more than RFC 5321's
 * {@code Dot-string}.
 *
 * <p>Not done: no look at DNS, no removal of {@code +tags}, no internationalised local parts (RFC 6531), no IDNA
 * mapping of the four characters whose meaning changed between IDNA 2003 and 2008 (such a domain is refused, since it
 * could name two different hosts).
 */
public final class EmailAddress implements Comparable<EmailAddress> {
    /** RFC 5321 section 4.5.3.1.1. */
    public static final int MAX_LOCAL_PART_OCTETS = 64;
    /** RFC 5321 section 4.5.3.1.2 allows 255; a name in the DNS has at most 253 characters. */
    public static final int MAX_DOMAIN_OCTETS = 253;

    private static final int MAX_LABEL_OCTETS = 63;

    /** What may stand in a local part without quotes; also used for text in which addresses are looked for, so no pattern. */
    private static final CharMatcher DOT_ATOM_TEXT = CharMatcher.inRange('A', 'Z').or(CharMatcher.inRange('a', 'z'))
        .or(CharMatcher.inRange('0', '9')).or(CharMatcher.anyOf("!#$%&'*+/=?^_`{|}~.-")).precomputed();
    private static final CharMatcher PRINTABLE_ASCII = CharMatcher.inRange(' ', '~');
    private static final Pattern ADDRESS_LITERAL = Pattern.compile("\\[[0-9A-Za-z:.-]+]");
    private static final Pattern AMBIGUOUS_IN_IDNA = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

    private final String localPart;
    private final String domain;
    private final String canonical;

    private EmailAddress(String localPart, String domain) {
        this.localPart = localPart;
        this.domain = domain;
        this.canonical = localPart.toLowerCase(Locale.ROOT) + '@' + domain;
    }

    /**
     * Reads one address, without display name or angle brackets.
     *
     * @throws IllegalArgumentException with a sentence for the person who typed it
     */
    public static EmailAddress of(String text) {
        String trimmed = text.trim();
        int at = trimmed.lastIndexOf('@');
        if (at <= 0 || at == trimmed.length() - 1) {
            throw new IllegalArgumentException("'" + printable(text) + "' is not an address of the form local-part@domain");
        }
        return of(trimmed.substring(0, at), trimmed.substring(at + 1));
    }

    /**
     * Puts an address together from its two halves as they stand in a message or an envelope.
     *
     * @throws IllegalArgumentException with a sentence for the person who typed it
     */
    public static EmailAddress of(String localPart, String domain) {
        return new EmailAddress(localPart(localPart), domain(domain));
    }

    /** As {@link #of(String)}, empty where that throws. */
    public static Optional<EmailAddress> parse(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String localPart(String text) {
        String bare = unquote(text);
        if (bare.isEmpty() || bare.length() > MAX_LOCAL_PART_OCTETS) {
            throw new IllegalArgumentException("The local part '" + printable(text) + "' must have 1 to "
                + MAX_LOCAL_PART_OCTETS + " characters");
        }
        if (!PRINTABLE_ASCII.matchesAllOf(bare)) {
            throw new IllegalArgumentException("The local part '" + printable(text) + "' may only have printable ASCII characters");
        }
        if (DOT_ATOM_TEXT.matchesAllOf(bare)) {
            return bare;
        }
        if (!isQuoted(text)) {
            throw new IllegalArgumentException("The local part '" + printable(text) + "' has characters that need quotes");
        }
        return '"' + bare.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static boolean isQuoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    }

    private static String unquote(String text) {
        return isQuoted(text) ? text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1") : text;
    }

    /**
     * The canonical form of a domain: lower case, A-labels, no dot at the end; address literals stay.
     *
     * @throws IllegalArgumentException with a sentence for the person who typed it
     */
    public static String domain(String text) {
        if (text.startsWith("[") && ADDRESS_LITERAL.matcher(text).matches()) {
            return text.toLowerCase(Locale.ROOT);
        }
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        String ascii = CharMatcher.ascii().matchesAllOf(name) ? name.toLowerCase(Locale.ROOT) : toAscii(name);
        if (ascii.length() > MAX_DOMAIN_OCTETS || !isDomainName(ascii)) {
            throw new IllegalArgumentException("'" + printable(text) + "' is not a domain name");
        }
        return ascii;
    }

    private static String toAscii(String name) {
        if (AMBIGUOUS_IN_IDNA.matcher(name).find()) {
            throw new IllegalArgumentException("The domain '" + printable(name) + "' has a character that two versions of IDNA read"
                + " differently; write its A-label (xn--...)");
        }
        try {
            return IDN.toASCII(Normalizer.normalize(name, Normalizer.Form.NFC)).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + printable(name) + "' is not a domain name", e);
        }
    }

    /** Labels of lower-case letters, digits, underscores, and hyphens that are neither first nor last. */
    private static boolean isDomainName(String name) {
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            char c = i < name.length() ? name.charAt(i) : '.';
            if (c == '.') {
                if (i == start || i - start > MAX_LABEL_OCTETS || name.charAt(start) == '-' || name.charAt(i - 1) == '-') {
                    return false;
                }
                start = i + 1;
            } else if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** What a person may see of bad input: no control characters, and not more than a line of it. */
    private static String printable(String text) {
        String clean = text.replaceAll("\\p{C}", "?");
        return clean.length() > 100 ? clean.substring(0, 100) + "..." : clean;
    }

    /** The local part as it is to be sent, quoted where RFC 5321 needs it. */
    public String localPart() {
        return localPart;
    }

    /** The domain in A-labels and lower case. */
    public String domain() {
        return domain;
    }

    /** The domain as people read it, in U-labels. */
    public String unicodeDomain() {
        return IDN.toUnicode(domain);
    }

    /** The key of this address in tables and keyed functions: equal for equal addresses. */
    public String canonical() {
        return canonical;
    }

    /** {@link #canonical()} in UTF-8. */
    public byte[] canonicalBytes() {
        return canonical.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EmailAddress && canonical.equals(((EmailAddress) other).canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    @Override
    public int compareTo(EmailAddress other) {
        return canonical.compareTo(other.canonical);
    }

    /** The address as it is to be sent: the spelling of the local part is kept. */
    @Override
    public String toString() {
        return localPart + '@' + domain;
    }
}
