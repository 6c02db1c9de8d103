package io.mailveil.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the owner of a domain asks of receivers of mail that says it is from there (DMARC, RFC 7489 section 6.3).
 *
 * <p>Not done: reports; {@code pct} is read as all or nothing, and less than all is not refused.
 */
final class Dmarc {
    private static final Pattern VERSION = Pattern.compile("v\\s*=\\s*DMARC1\\s*(;.*)?", Pattern.DOTALL);

    private final boolean reject;
    private final boolean strictSpf;
    private final boolean strictDkim;

    private Dmarc(Map<String, String> tags, boolean subdomain) {
        String policy = tags.getOrDefault("p", "none");
        reject = (subdomain ? tags.getOrDefault("sp", policy) : policy).equals("reject")
            && tags.getOrDefault("pct", "100").equals("100");
        strictSpf = tags.getOrDefault("aspf", "r").equals("s");
        strictDkim = tags.getOrDefault("adkim", "r").equals("s");
    }

    /**
     * Looks for the policy of a domain: its own, else that of its organisation (RFC 7489 section 6.6.3).
     *
     * @throws UnansweredException if the DNS did not answer
     */
    static Optional<Dmarc> of(String domain, Evidence evidence) throws UnansweredException {
        Optional<Dmarc> own = read(evidence.texts("_dmarc." + domain), false);
        String organisation = Domains.organisation(domain);
        return own.isPresent() || organisation.equals(domain) ? own : read(evidence.texts("_dmarc." + organisation), true);
    }

    /** Several records are none. */
    static Optional<Dmarc> read(List<String> records, boolean subdomain) {
        List<String> policies = records.stream().filter(text -> VERSION.matcher(text).matches()).collect(Collectors.toList());
        return policies.size() == 1 ? Optional.of(new Dmarc(tags(policies.get(0)), subdomain)) : Optional.empty();
    }

    private static Map<String, String> tags(String record) {
        Map<String, String> tags = new HashMap<>();
        for (String tag : record.split(";")) {
            int equals = tag.indexOf('=');
            if (equals > 0) {
                tags.putIfAbsent(tag.substring(0, equals).trim(), tag.substring(equals + 1).trim().toLowerCase(Locale.ROOT));
            }
        }
        return tags;
    }

    /** Whether mail that is not aligned is to be refused. */
    boolean isReject() {
        return reject;
    }

    /** Whether a pass of SPF for the one domain speaks for the other. */
    boolean alignsSpf(String passed, String from) {
        return aligns(strictSpf, passed, from);
    }

    /** Whether a signature of the one domain speaks for the other. */
    boolean alignsDkim(String signed, String from) {
        return aligns(strictDkim, signed, from);
    }

    private static boolean aligns(boolean strict, String one, String other) {
        return strict ? one.equals(other) : Domains.sameOrganisation(one, other);
    }
}
