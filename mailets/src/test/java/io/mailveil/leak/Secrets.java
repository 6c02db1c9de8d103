package io.mailveil.leak;

import java.math.BigInteger;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is searched for, and where a name begins and ends.
 *
 * <p>A name ends where its letters and digits end, not in the middle of a word: {@code xcarol@world.test}, {@code x.carol@world.test},
 * {@code carol@world.testing} and {@code my-world.test} are other names; {@code mx.world.test} is a name below the domain, and shows it.
 * When more labels follow, it is another name if that name could exist, which means that its last label is made of letters:
 * {@code carol@world.test.example} is another address, {@code world.test.1700000000} and {@code world.test-7} show the domain. Endings of
 * files are no domains: {@code carol@world.test.eml} shows the address. Letters outside ASCII never belong to the word, because scripts
 * without spaces write them right beside an address. A soft line break of quoted-printable is no end, every other sign of an encoding is:
 * an address that begins right after a fold or a tag is found, even if it goes on before it.
 */
final class Secrets {
    private static final Set<String> FILE_ENDINGS = Set.of("eml", "msg", "txt", "pdf", "html", "htm", "xml", "json", "csv", "log", "ics",
        "vcf", "asc", "sig", "zip", "gz", "doc", "docx", "odt", "xls", "xlsx", "jpg", "jpeg", "png", "gif", "mbox");
    private static final String[] JOINTS = {"@", "=", "%", "_at_", "-at-", ".at."};
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    /** What to report for a domain, by its spelling. */
    private final Map<String, String> domains = new LinkedHashMap<>();
    /** The local parts at a domain, by the spelling of the domain, each with what to report. */
    private final Map<String, Map<String, String>> addresses = new LinkedHashMap<>();
    /** Hexadecimal and base32 spellings. */
    private final Map<String, String> ciphers = new LinkedHashMap<>();
    private int longest;

    /** A secret at a place of a text. */
    static final class Hit {
        final String what;
        final int from;
        final int to;

        Hit(String what, int from, int to) {
            this.what = what;
            this.from = from;
            this.to = to;
        }
    }

    Secrets(Set<String> hidden, Set<String> shown) {
        for (String address : hidden) {
            int at = address.lastIndexOf('@');
            String domain = fold(address.substring(at + 1));
            String what = "address " + address;
            for (String local : locals(fold(address.substring(0, at)))) {
                for (String spelling : spellings(domain)) {
                    addresses.computeIfAbsent(spelling, any -> new LinkedHashMap<>()).putIfAbsent(local, what);
                    addresses.computeIfAbsent(spelling.replace('.', '_'), any -> new LinkedHashMap<>()).putIfAbsent(local, what);
                    addCiphers(local + "@" + spelling, what);
                    longest = Math.max(longest, local.length() + 1 + spelling.length());
                }
            }
            if (!isShown(domain, shown)) {
                spellings(domain).forEach(spelling -> domains.putIfAbsent(spelling, "domain " + domain));
            }
        }
    }

    /** The length of the longest secret. */
    int longest() {
        return longest;
    }

    /** Are there secrets with letters outside ASCII? */
    boolean inLetters() {
        return !addresses.keySet().stream().allMatch(Secrets::isAscii)
            || !addresses.values().stream().allMatch(locals -> locals.keySet().stream().allMatch(Secrets::isAscii));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    /** The secrets in a text, at most one place each; domains only if asked for. */
    List<Hit> in(String text, boolean alsoDomains, boolean alsoCiphers) {
        List<Hit> hits = new ArrayList<>();
        String lower = text.toLowerCase(Locale.ROOT);
        addresses.forEach((domain, locals) -> {
            for (int at = lower.indexOf(domain); at >= 0; at = lower.indexOf(domain, at + 1)) {
                findAddresses(lower, at, domain, locals, hits);
            }
        });
        if (alsoDomains) {
            domains.forEach((domain, what) -> {
                for (int at = lower.indexOf(domain); at >= 0; at = lower.indexOf(domain, at + 1)) {
                    if (startsDomain(lower, at) && endsDomain(lower, at + domain.length())) {
                        hits.add(new Hit(what, at, at + domain.length()));
                        break;
                    }
                }
            });
        }
        if (alsoCiphers) {
            ciphers.forEach((cipher, what) -> {
                int at = lower.indexOf(cipher);
                if (at >= 0) {
                    hits.add(new Hit(what, at, at + cipher.length()));
                }
            });
        }
        return hits;
    }

    private static void findAddresses(String text, int at, String domain, Map<String, String> locals, List<Hit> hits) {
        int end = at + domain.length();
        boolean ends = endsDomain(text, end);
        locals.forEach((local, what) -> {
            for (String joint : JOINTS) {
                int from = at - joint.length() - local.length();
                if (ends && from >= 0 && text.startsWith(joint, at - joint.length()) && text.startsWith(local, from)
                    && (joint.equals("@") ? startsLocal(text, from) : startsWord(text, from))) {
                    hits.add(new Hit(what, from, end));
                }
            }
            boolean reversed = end < text.length() && (text.charAt(end) == '=' || text.charAt(end) == '!');
            int after = end + 1 + local.length();
            if (reversed && startsDomain(text, at) && text.startsWith(local, end + 1)
                && (after >= text.length() || !isWord(text.charAt(after)))) {
                hits.add(new Hit(what, at, after));
            }
        });
    }

    private static boolean startsLocal(String text, int from) {
        return startsWord(text, from) && !isGlued(text, from, ".-+_");
    }

    private static boolean startsDomain(String text, int from) {
        return startsWord(text, from) && !isGlued(text, from, "-");
    }

    private static boolean startsWord(String text, int from) {
        int before = before(text, from);
        return before < 0 || !isWord(text.charAt(before));
    }

    private static boolean isGlued(String text, int from, String glue) {
        int before = before(text, from);
        return before > 0 && glue.indexOf(text.charAt(before)) >= 0 && !startsWord(text, before);
    }

    /** The place of the character before this one; a soft line break of quoted-printable is none. */
    private static int before(String text, int from) {
        int before = from - 1;
        while (before > 0 && text.charAt(before) == '\n') {
            int soft = text.charAt(before - 1) == '\r' ? before - 2 : before - 1;
            if (soft < 0 || text.charAt(soft) != '=') {
                break;
            }
            before = soft - 1;
        }
        return before;
    }

    private static boolean endsDomain(String text, int to) {
        if (to >= text.length()) {
            return true;
        }
        StringBuilder more = new StringBuilder();
        int end = to;
        while (end < text.length() && (isWord(text.charAt(end)) || ".-=".indexOf(text.charAt(end)) >= 0)) {
            int soft = text.startsWith("=\r\n", end) ? 3 : text.startsWith("=\n", end) ? 2 : 0;
            if (soft == 0 && text.charAt(end) == '=') {
                break;
            }
            more.append(soft == 0 ? text.substring(end, end + 1) : "");
            end += Math.max(1, soft);
        }
        while (more.length() > 0 && !isWord(more.charAt(more.length() - 1))) {
            more.setLength(more.length() - 1);
        }
        String rest = more.toString();
        if (!rest.isEmpty() && isWord(rest.charAt(0))) {
            return false;
        }
        if (rest.isEmpty() || FILE_ENDINGS.contains(rest.substring(1))) {
            return true;
        }
        String last = rest.substring(rest.lastIndexOf('.') + 1);
        boolean couldExist = rest.contains(".") && !rest.contains("..")
            && (last.startsWith("xn--") || last.length() > 1 && last.chars().allMatch(c -> c >= 'a' && c <= 'z'));
        return !couldExist;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
    }

    private static boolean isShown(String hidden, Set<String> shown) {
        String ascii = ascii(hidden);
        return shown.stream().map(domain -> ascii(fold(domain))).anyMatch(domain -> domain.equals(ascii) || domain.endsWith("." + ascii));
    }

    private static Set<String> locals(String local) {
        Set<String> locals = new LinkedHashSet<>();
        locals.add(local);
        if (local.length() > 2 && local.startsWith("\"") && local.endsWith("\"")) {
            locals.add(local.substring(1, local.length() - 1).replaceAll("\\\\(.)", "$1"));
        }
        return locals;
    }

    private static Set<String> spellings(String domain) {
        Set<String> spellings = new LinkedHashSet<>();
        spellings.add(domain);
        spellings.add(ascii(domain));
        spellings.add(fold(IDN.toUnicode(domain, IDN.ALLOW_UNASSIGNED)));
        return spellings;
    }

    private static String ascii(String domain) {
        try {
            return IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return domain;
        }
    }

    private static String fold(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private void addCiphers(String address, String what) {
        byte[] octets = address.getBytes(StandardCharsets.UTF_8);
        StringBuilder hex = new StringBuilder();
        for (byte octet : octets) {
            hex.append(String.format("%02x", octet));
        }
        ciphers.put(hex.toString(), what);
        for (int shift = 0; shift < 5; shift++) {
            byte[] shifted = new byte[shift + octets.length];
            System.arraycopy(octets, 0, shifted, shift, octets.length);
            // the letters that belong to the address alone, whatever stands before and after it
            int from = (shift * 8 + 4) / 5;
            int to = shifted.length * 8 / 5;
            StringBuilder base32 = new StringBuilder();
            BigInteger number = new BigInteger(1, shifted).shiftLeft(4);
            int bits = shifted.length * 8 + 4;
            for (int letter = from; letter < to; letter++) {
                base32.append(BASE32.charAt(number.shiftRight(bits - 5 * (letter + 1)).intValue() & 31));
            }
            ciphers.put(base32.toString(), what);
        }
    }
}
