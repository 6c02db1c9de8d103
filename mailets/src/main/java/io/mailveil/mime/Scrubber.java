package io.mailveil.mime;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;

/**
 * Finds and replaces in text what must not be seen: addresses by what stands for them, and in structural places also their
 * domains (DESIGN.md section 5). Matches in any letter case, domains in A-label and U-label form, the at sign also
 * percent-encoded, as an HTML entity and full-width. Immutable.
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
    private static final Pattern PHANTOM_FORM = Pattern.compile("(?<![A-Za-z0-9])([a-z2-7]{26})" + AT + "([a-z0-9.-]*[a-z0-9])",
        Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOKS_LIKE_ADDRESS =
        Pattern.compile("[(<\\[\"']*(?:mailto:)?" + WORD + AT + WORD + "[)>\\]\"']*", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> replacements;
    private final Optional<Pattern> addresses;
    private final Optional<Pattern> domains;
    private final Function<EmailAddress, Optional<String>> phantoms;

    private Scrubber(Map<EmailAddress, String> replacements, Set<String> domains, Function<EmailAddress, Optional<String>> phantoms) {
        this.phantoms = phantoms;
        this.replacements = replacements.entrySet().stream()
            .collect(Collectors.toMap(entry -> entry.getKey().canonical(), Map.Entry::getValue));
        this.addresses = replacements.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(replacements.keySet().stream()
            // the longest first: one address can be the end of another
            .sorted(Comparator.comparing((EmailAddress address) -> address.canonical().length()).reversed())
            .map(address -> "(" + Pattern.quote(unquoted(address.localPart())) + ")" + AT + "(" + domainForms(address.domain()) + ")")
            .collect(Collectors.joining("|")), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
        this.domains = domains.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(domains.stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(domain -> NAME_BEFORE + "(?:" + domainForms(domain) + ")")
            .collect(Collectors.joining("|")), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }

    private static String domainForms(String domain) {
        String unicode = IDN.toUnicode(domain);
        return unicode.equals(domain) ? Pattern.quote(domain) : Pattern.quote(domain) + "|" + Pattern.quote(unicode);
    }

    private static String unquoted(String localPart) {
        return localPart.startsWith("\"") ? localPart.substring(1, localPart.length() - 1) : localPart;
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
        String clean = addresses.isEmpty() ? text
            : addresses.get().matcher(text).replaceAll(match -> Matcher.quoteReplacement(replacement(match.group())));
        return PHANTOM_FORM.matcher(clean).replaceAll(match -> Matcher.quoteReplacement(
            EmailAddress.parse(match.group(1) + '@' + match.group(2)).flatMap(phantoms).orElse(match.group())));
    }

    private String replacement(String found) {
        String plain = found.replaceFirst("(?i)" + AT, "@");
        return EmailAddress.parse(plain).or(() -> EmailAddress.parse(quoted(plain)))
            .map(address -> replacements.get(address.canonical()))
            .orElse(HIDDEN);
    }

    private static String quoted(String address) {
        int at = address.lastIndexOf('@');
        return '"' + address.substring(0, at).replace("\\", "\\\\").replace("\"", "\\\"") + '"' + address.substring(at);
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
