package io.mailveil.mime;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;

/**
 * Finds and replaces in text what must not be seen: addresses by what stands for them, and in structural places also their
 * domains (DESIGN.md section 5). Addresses are looked for in a {@link Reading} of the text: in any letter case, domains in A-label
 * and U-label form, any letter also percent-encoded, as an HTML entity, escaped or full-width, with or without invisible characters
 * between. Immutable.
 *
 * <p>A domain is taken out together with the name it ends, so that {@code mail.world.test} goes when {@code world.test} is hidden.
 * Not done: addresses written in words ("carol at world dot test").
 */
public final class Scrubber {
    /** What stands for something that has no other name on this side. */
    public static final String HIDDEN = "(hidden)";

    private static final String AT = "(?:@|%40|&#0*64;|&#[xX]0*40;|&commat;|\\uff20|\\ufe6b)";
    private static final String NAME_BEFORE = "[\\p{L}\\p{N}._-]*";
    private static final String WORD = "[^\\s<>()\\[\\]\"',;:]+";
    private static final Pattern LOOKS_LIKE_ADDRESS =
        Pattern.compile("[(<\\[\"']*(?:mailto:)?" + WORD + AT + WORD + "[)>\\]\"']*", Pattern.CASE_INSENSITIVE);
    private static final int PHANTOM_LENGTH = 26;
    /** Text is read in pieces of about this many characters: most have no at sign, and a reading takes ten octets for each. */
    private static final int PIECE = 512;
    /** Where tags are left out, the pieces are larger, since a comment may have many lines. */
    private static final int PIECE_WITH_TAGS = 64 * 1024;

    private final List<HiddenAddress> addresses;
    private final Optional<Pattern> domains;
    private final Function<EmailAddress, Optional<String>> phantoms;

    private Scrubber(Map<EmailAddress, String> replacements, Set<String> domains, Function<EmailAddress, Optional<String>> phantoms) {
        this.phantoms = phantoms;
        this.addresses = replacements.entrySet().stream()
            .map(entry -> new HiddenAddress(entry.getKey(), entry.getValue()))
            .collect(Collectors.toList());
        this.domains = domains.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(domains.stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(domain -> NAME_BEFORE + "(?:" + domainForms(domain) + ")")
            .collect(Collectors.joining("|")), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }

    private static String domainForms(String domain) {
        String unicode = IDN.toUnicode(domain);
        return unicode.equals(domain) ? Pattern.quote(domain) : Pattern.quote(domain) + "|" + Pattern.quote(unicode);
    }

    /** Collects what to hide. */
    public static final class Builder {
        private final Map<EmailAddress, String> replacements = new LinkedHashMap<>();
        private final Set<String> domains = new HashSet<>();
        private final Set<String> open = new HashSet<>();
        private Function<EmailAddress, Optional<String>> phantoms = address -> Optional.empty();

        private Builder() {
        }

        /** Hides an address and its domain. The first replacement given for an address counts. */
        public Builder hide(EmailAddress address, String replacement) {
            replacements.putIfAbsent(address, replacement);
            return hideDomain(address.domain());
        }

        /** Hides a domain where domains are hidden. */
        public Builder hideDomain(String domain) {
            domains.add(domain);
            return this;
        }

        /** Asked for every address of the form of a phantom that nothing else replaces: what it becomes, empty if it may stay. */
        public Builder phantoms(Function<EmailAddress, Optional<String>> replacement) {
            phantoms = replacement;
            return this;
        }

        /** This domain is known to both sides; a domain that it ends in cannot be hidden either. */
        public Builder show(String domain) {
            open.add(domain);
            return this;
        }

        /** Ready. */
        public Scrubber build() {
            Set<String> hidden = domains.stream()
                .filter(domain -> open.stream().noneMatch(known -> known.equals(domain) || known.endsWith("." + domain)))
                .collect(Collectors.toSet());
            return new Scrubber(replacements, hidden, phantoms);
        }
    }

    /** Begins with nothing to hide. */
    public static Builder builder() {
        return new Builder();
    }

    /** Text with every hidden address replaced; domains stay. */
    public String addresses(String text) {
        return inPieces(text, PIECE, piece -> replaced(piece, Reading.of(piece)));
    }

    /** As {@link #addresses}, also where tags or comments stand within an address. */
    public String html(String html) {
        return inPieces(addresses(html), PIECE_WITH_TAGS, piece ->
            piece.indexOf('<') < 0 ? piece : replaced(piece, Reading.withoutTags(piece)));
    }

    private static String inPieces(String text, int size, UnaryOperator<String> work) {
        StringBuilder result = null;
        int from = 0;
        int unchangedFrom = 0;
        while (from < text.length()) {
            int to = endOfPiece(text, from, size);
            if (mayHaveAddress(text, from, to)) {
                String piece = text.substring(from, to);
                String fresh = work.apply(piece);
                if (!fresh.equals(piece)) {
                    result = result == null ? new StringBuilder(text.length()) : result;
                    result.append(text, unchangedFrom, from).append(fresh);
                    unchangedFrom = to;
                }
            }
            from = to;
        }
        return result == null ? text : result.append(text, unchangedFrom, text.length()).toString();
    }

    /** Behind a line break if there is one in reach, else behind a space: an address has neither. */
    private static int endOfPiece(String text, int from, int size) {
        int wanted = from + size;
        if (wanted >= text.length()) {
            return text.length();
        }
        int reach = Math.min(wanted + size, text.length());
        for (int i = wanted; i < reach; i++) {
            if (text.charAt(i) == '\n') {
                return i + 1;
            }
        }
        int space = text.indexOf(' ', reach);
        return space < 0 ? text.length() : space + 1;
    }

    /** Something that is, or may decode to, an at sign. */
    private static boolean mayHaveAddress(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '@' || c == '%' || c == '&' || c == '\\' || c == '\uff20' || c == '\ufe6b') {
                return true;
            }
        }
        return false;
    }

    private String replaced(String text, Reading reading) {
        StringBuilder result = new StringBuilder();
        int done = 0;
        int behind = 0;
        for (int at = 1; at < reading.length() - 1; at++) {
            if (reading.at(at) != '@') {
                continue;
            }
            Found found = hiddenAt(reading, at);
            if (found == null || found.from < behind) {
                found = phantomAt(reading, at);
            }
            if (found != null && found.from >= behind) {
                result.append(text, done, reading.start(found.from)).append(found.replacement)
                    .append(reading.tagsWithin(found.from, found.to));
                behind = found.to;
                done = reading.end(behind - 1);
            }
        }
        return done == 0 ? text : result.append(text, done, text.length()).toString();
    }

    private static final class Found {
        private final int from;
        private final int to;
        private final String replacement;

        private Found(int from, int to, String replacement) {
            this.from = from;
            this.to = to;
            this.replacement = replacement;
        }
    }

    /** The longest of the hidden addresses around this at sign: one address can be the end of another. */
    private Found hiddenAt(Reading reading, int at) {
        Found best = null;
        for (HiddenAddress address : addresses) {
            int before = address.localPartBefore(reading, at);
            int behind = before == 0 ? 0 : address.domainBehind(reading, at);
            if (behind > 0 && (best == null || before + behind + 1 > best.to - best.from)) {
                best = new Found(at - before, at + 1 + behind, address.replacement());
            }
        }
        return best;
    }

    private Found phantomAt(Reading reading, int at) {
        int from = at - PHANTOM_LENGTH;
        int end = at + 1;
        while (end < reading.length() && isInDomain(reading.at(end))) {
            end++;
        }
        while (end > at + 1 && (reading.at(end - 1) == '.' || reading.at(end - 1) == '-')) {
            end--;
        }
        if (from < 0 || end == at + 1) {
            return null;
        }
        for (int i = from; i < at; i++) {
            char c = reading.at(i);
            if (!(c >= 'a' && c <= 'z' || c >= '2' && c <= '7')) {
                return null;
            }
        }
        int to = end;
        return EmailAddress.parse(reading.substring(from, at) + '@' + reading.substring(at + 1, end))
            .flatMap(phantoms).map(replacement -> new Found(from, to, replacement)).orElse(null);
    }

    private static boolean isInDomain(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-';
    }

    /** Text for a structural place: hidden addresses replaced, hidden domains taken out. */
    public String structural(String text) {
        String clean = addresses(text);
        return domains.isEmpty() ? clean : domains.get().matcher(clean).replaceAll(HIDDEN);
    }

    /** Whether {@link #structural} would change the text, also in its compatibility form (full-width letters and the like). */
    public boolean finds(String text) {
        return !structural(text).equals(text) || !structural(compatible(text)).equals(compatible(text));
    }

    /** Whether a hidden address itself stands in the text. */
    public boolean findsAddress(String text) {
        return !addresses(text).equals(text);
    }

    /** A text field of a header for the other side: as it is if there is nothing to hide, else decoded, cleaned, encoded again. */
    public String unstructured(String body) {
        String decoded = EncodedWords.decode(body);
        if (!finds(body) && !finds(decoded) && EncodedWords.isPlain(body.replace("=?", ""))) {
            return body;
        }
        String clean = structural(decoded);
        return EncodedWords.encode(finds(clean) ? structural(compatible(clean)) : clean);
    }

    /** A display name for the other side: nothing in it may look like an address, and no hidden domain may stand in it. */
    public String displayName(String name) {
        String text = EncodedWords.withoutControls(name);
        String normal = compatible(text);
        if (LOOKS_LIKE_ADDRESS.matcher(normal).find() || finds(text)) {
            text = LOOKS_LIKE_ADDRESS.matcher(normal).replaceAll(" ");
            text = domains.isEmpty() ? text : domains.get().matcher(text).replaceAll(" ");
        }
        return text.replace("=?", " ").replaceAll("\\(\\s*\\)", " ").replaceAll("\\s+", " ").trim();
    }

    private static String compatible(String text) {
        return EncodedWords.withoutControls(Normalizer.normalize(text, Normalizer.Form.NFKC));
    }
}
