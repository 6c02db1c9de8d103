package io.mailveil.mime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.google.common.collect.ImmutableSet;

import io.mailveil.address.EmailAddress;

/**
 * Where an address begins and ends in running text.
 *
 * <p>An address is found as a whole: {@code notcarol@world.test} and {@code carol@world.testing} are other people's. Where that is in
 * doubt the address is taken to end, since showing it is worse than touching a stranger's:
 * <ul>
 * <li>before it, only an ASCII letter or digit makes the local part longer, and not if it is the rest of an escape that nobody decoded
 *     ({@code \ncarol}, {@code =3Dcarol}, {@code &nbspcarol});
 * <li>behind it, only ASCII letters, digits and hyphens make the domain longer, and only if its last label is one of letters or an
 *     A-label then; a dot is an end, since more often a sentence or the name of a file goes on there than a longer domain;
 * <li>a tag, an invisible character or a letter of another script before or behind is an end.
 * </ul>
 */
final class AddressBounds {
    /** Longer than any local part. */
    private static final int FAR = EmailAddress.MAX_LOCAL_PART_OCTETS + 8;
    private static final int PHANTOM_LENGTH = 26;
    private static final Set<String> FILE_NAME_ENDINGS = ImmutableSet.of("asc", "csv", "doc", "docx", "eml", "gif", "gz", "htm", "html",
        "ics", "jpeg", "jpg", "json", "key", "log", "mbox", "md", "msg", "odt", "pdf", "pem", "pgp", "php", "png", "pst", "txt", "vcf",
        "xls", "xlsx", "xml", "zip");

    private AddressBounds() {
    }

    /** A stretch of a reading that may be an address. */
    static final class Token {
        private final int from;
        private final int to;
        private final EmailAddress address;

        private Token(int from, int to, EmailAddress address) {
            this.from = from;
            this.to = to;
            this.address = address;
        }

        int from() {
            return from;
        }

        int to() {
            return to;
        }

        EmailAddress address() {
            return address;
        }
    }

    /** Whether what begins here is not the end of a longer local part. */
    static boolean begins(Reading reading, int from) {
        if (from == 0 || reading.hasGapBefore(from) || reading.at(from) == '"' || !isLetterOrDigit(reading.at(from - 1))) {
            return true;
        }
        int run = from - 1;
        while (run > 0 && isLetterOrDigit(reading.at(run - 1))) {
            run--;
        }
        return run > 0 && from - run == escapeLength(reading, run, from);
    }

    /** How many characters from here on belong to an escape that begins before, 0 if none does; {@code run} is above 0. */
    private static int escapeLength(Reading reading, int run, int end) {
        char before = reading.at(run - 1);
        if (before == '&') {
            return end - run;
        }
        boolean shift = before == '(' && (reading.at(run) == 'b' || reading.at(run) == 'j');
        if (before == '\\' || before >= 0x80 || shift) {
            return 1;
        }
        boolean hex = (before == '=' || before == '%') && end - run >= 2
            && Character.digit(reading.at(run), 16) >= 0 && Character.digit(reading.at(run + 1), 16) >= 0;
        return hex ? 2 : 0;
    }

    /** Whether a domain that begins behind {@code at} ends here and does not go on. */
    static boolean ends(Reading reading, int at, int to) {
        int end = to;
        while (end < reading.length() && (isLetterOrDigit(reading.at(end)) || reading.at(end) == '-') && !reading.hasGapBefore(end)) {
            end++;
        }
        end = trimmed(reading, to, end);
        return end == to || !looksLikeTopLevel(reading.substring(at + 1, end));
    }

    private static int trimmed(Reading reading, int from, int end) {
        int result = end;
        while (result > from && (reading.at(result - 1) == '.' || reading.at(result - 1) == '-')) {
            result--;
        }
        return result;
    }

    private static boolean endsSentence(Reading reading, int dot) {
        return reading.at(dot) == '.' && dot > 0 && dot + 1 < reading.length()
            && reading.isCapital(dot + 1) && !reading.isCapital(dot - 1);
    }

    private static boolean looksLikeTopLevel(String domain) {
        String label = domain.substring(domain.lastIndexOf('.') + 1);
        return label.startsWith("xn--")
            || label.length() >= 2 && label.chars().allMatch(c -> c >= 'a' && c <= 'z');
    }

    /** What may be an address around this at sign, the likeliest first. */
    static List<Token> around(Reading reading, int at) {
        List<Token> result = new ArrayList<>();
        Set<Integer> ends = ends(reading, at);
        if (!ends.isEmpty()) {
            for (int from : starts(reading, at)) {
                for (int to : ends) {
                    EmailAddress.parse(reading.substring(from, at) + '@' + reading.substring(at + 1, to))
                        .ifPresent(address -> result.add(new Token(from, to, address)));
                }
            }
        }
        return result;
    }

    private static Set<Integer> starts(Reading reading, int at) {
        Set<Integer> result = new LinkedHashSet<>();
        int least = Math.max(0, at - FAR);
        int word = at;
        while (word > least && (isLetterOrDigit(reading.at(word - 1)) || "._-+".indexOf(reading.at(word - 1)) >= 0)) {
            word--;
        }
        int letters = word;
        while (letters < at && !isLetterOrDigit(reading.at(letters))) {
            letters++;
        }
        int atom = word;
        while (atom > least && (isLetterOrDigit(reading.at(atom - 1)) || "!#$%&'*+/=?^_`{|}~.-".indexOf(reading.at(atom - 1)) >= 0)) {
            atom--;
        }
        int escape = word > 0 && word < at ? escapeLength(reading, word, at) : 0;
        result.add(letters);
        result.add(word);
        result.add(atom);
        result.add(word + escape);
        for (int i = word + 1; i < at; i++) {
            if (reading.hasGapBefore(i)) {
                result.add(i);
            }
        }
        if (reading.at(at - 1) == '"') {
            int open = at - 2;
            while (open > least && reading.at(open) != '"') {
                open--;
            }
            result.add(Math.max(open, 0));
        }
        if (at >= PHANTOM_LENGTH && at - PHANTOM_LENGTH > word) {
            result.add(at - PHANTOM_LENGTH);
        }
        result.remove(at);
        return result;
    }

    private static Set<Integer> ends(Reading reading, int at) {
        Set<Integer> result = new LinkedHashSet<>();
        int most = Math.min(reading.length(), at + 1 + EmailAddress.MAX_DOMAIN_OCTETS);
        int end = at + 1;
        while (end < most && isInDomain(reading.at(end)) && !endsSentence(reading, end)) {
            if (end > at + 1 && reading.hasGapBefore(end)) {
                result.add(trimmed(reading, at + 1, end));
            }
            end++;
        }
        int other = end;
        while (other < most && (Character.isLetterOrDigit(reading.at(other)) || isInDomain(reading.at(other)))) {
            other++;
        }
        Set<Integer> whole = new LinkedHashSet<>();
        int ascii = trimmed(reading, at + 1, end);
        whole.add(trimmed(reading, at + 1, other));
        whole.add(ascii);
        // a hyphen or digits that no domain ends with
        int plain = reading.substring(at + 1, ascii).lastIndexOf('.') + at + 1;
        while (plain < ascii && (plain == at || reading.at(plain) == '.' || reading.at(plain) >= 'a' && reading.at(plain) <= 'z')) {
            plain++;
        }
        whole.add(trimmed(reading, at + 1, plain));
        // a name of a file
        int dot = reading.substring(at + 1, ascii).lastIndexOf('.');
        if (dot > 0 && FILE_NAME_ENDINGS.contains(reading.substring(at + 2 + dot, ascii))) {
            whole.add(at + 1 + dot);
        }
        whole.addAll(result);
        whole.removeIf(to -> to <= at + 1);
        return whole;
    }

    private static boolean isInDomain(char c) {
        return isLetterOrDigit(c) || c == '.' || c == '-';
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }
}
