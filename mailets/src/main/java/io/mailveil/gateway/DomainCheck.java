package io.mailveil.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What other servers find in the DNS about a domain of ours: where its mail goes (MX), who may send for it (SPF, RFC 7208), how its mail is
 * signed (DKIM, RFC 6376) and what to do with the rest (DMARC, RFC 7489). A question that is not answered is {@code unknown}.
 *
 * <p>Does not evaluate SPF: which address this server has on the internet is not known here.
 */
public final class DomainCheck {
    private static final String CHECK = "dns";

    /** The DNS. Names have no dot at the end. */
    public interface Questions {
        /** The servers that take mail for a domain, best first; {@code ""} for the null MX of RFC 7505; none if there are none. */
        List<String> mailServers(String domain) throws UnansweredException;

        /** The TXT records of a name, each in one piece. */
        List<String> texts(String name) throws UnansweredException;

        /** Whether a name has an address. */
        boolean hasAddress(String name) throws UnansweredException;
    }

    @FunctionalInterface
    private interface Step {
        Finding look() throws UnansweredException;
    }

    private final Questions dns;
    private final Optional<String> ownName;
    private final Collection<SigningKey> keys;

    /** With the name under which this server introduces itself, if it has one, and the keys with which it signs. */
    public DomainCheck(Questions dns, Optional<String> ownName, Collection<SigningKey> keys) {
        this.dns = dns;
        this.ownName = ownName.map(name -> name.toLowerCase(Locale.ROOT));
        this.keys = keys;
    }

    /** Everything about one domain in which there are public or phantom addresses. */
    public List<Finding> check(String domain) {
        List<Finding> findings = new ArrayList<>();
        findings.add(answered(domain, "MX", () -> mx(domain)));
        findings.add(answered(domain, "SPF", () -> spf(domain)));
        List<SigningKey> ours = keys.stream().filter(key -> key.signsFor(domain)).collect(Collectors.toList());
        if (ours.isEmpty()) {
            findings.add(Finding.warning(CHECK, domain + ", DKIM: its mail is not signed by this server, and many providers distrust that."
                + " mailveil dkim-key --domain " + domain + " makes a key and says what to do with it"));
        }
        ours.forEach(key -> findings.add(answered(domain, "DKIM", () -> dkim(domain, key))));
        findings.add(answered(domain, "DMARC", () -> dmarc(domain)));
        return findings;
    }

    /** Whether the name of this server leads anywhere. */
    public Finding checkOwnName() {
        if (ownName.isEmpty()) {
            return Finding.warning(CHECK, "This server introduces itself to others as localhost, which many refuse. Set"
                + " MAILVEIL_HOSTNAME (or"
                + " heloName in mailetcontainer.xml) to the name that its address points back to");
        }
        return answered(ownName.get(), "A", () -> dns.hasAddress(ownName.get())
            ? Finding.ok(CHECK, "The name of this server, " + ownName.get() + ", has an address")
            : Finding.error(CHECK, "The name of this server, " + ownName.get() + ", has no address in the DNS. Publish an A or AAAA"
            + " record"));
    }

    private static Finding answered(String domain, String record, Step step) {
        try {
            return step.look();
        } catch (UnansweredException e) {
            return Finding.unknown(CHECK, domain + ", " + record + ": " + e.getMessage());
        }
    }

    private Finding mx(String domain) throws UnansweredException {
        List<String> servers = dns.mailServers(domain);
        String what = domain + ", MX: ";
        String publish = "Publish: " + domain + ". MX 10 " + ownName.orElse("<name of this server>") + ".";
        if (servers.isEmpty()) {
            // RFC 5321 section 5.1: then the domain itself is its mail server
            return dns.hasAddress(domain)
                ? Finding.warning(CHECK, what + "there is none, so mail goes to the address of " + domain + " itself. " + publish)
                : Finding.error(CHECK, what + "there is none, so nobody can write to it. " + publish);
        }
        if (servers.contains("")) {
            return Finding.error(CHECK, what + "it says that the domain takes no mail (RFC 7505). " + publish);
        }
        for (String server : servers) {
            if (!dns.hasAddress(server)) {
                return Finding.error(CHECK, what + "mail goes to " + server + ", which has no address. Correct one or the other");
            }
        }
        if (ownName.isPresent() && servers.stream().noneMatch(ownName.get()::equalsIgnoreCase)) {
            return Finding.warning(CHECK, what + "mail goes to " + String.join(", ", servers) + ", not to " + ownName.get()
                + ". This is right only if that one hands it on to this server");
        }
        return Finding.ok(CHECK, what + "mail goes to " + String.join(", ", servers));
    }

    private Finding spf(String domain) throws UnansweredException {
        List<String> policies = dns.texts(domain).stream()
            .filter(text -> text.equalsIgnoreCase("v=spf1") || text.toLowerCase(Locale.ROOT).startsWith("v=spf1 "))
            .collect(Collectors.toList());
        String what = domain + ", SPF: ";
        if (policies.isEmpty()) {
            return Finding.warning(CHECK, what + "there is none, so anybody can send in its name. Publish: " + domain
                + ". TXT \"v=spf1 mx -all\" (with a smart host, what its provider says in the place of mx)");
        }
        if (policies.size() > 1) {
            // RFC 7208 section 4.5
            return Finding.error(CHECK, what + "there are " + policies.size() + " records, which counts as a mistake. Leave one");
        }
        String policy = policies.get(0);
        if (policy.matches("(?i).*\\s\\+?all(\\s.*)?")) {
            return Finding.error(CHECK, what + "\"" + printable(policy) + "\" lets everybody send in its name. End it with -all");
        }
        return Finding.ok(CHECK, what + "\"" + printable(policy) + "\"");
    }

    private Finding dkim(String domain, SigningKey key) throws UnansweredException {
        List<String> records = dns.texts(key.name());
        String what = domain + ", DKIM: ";
        String publish = key.publicKey().map(p -> ". Publish: " + key.name() + ". TXT \"v=DKIM1; k=rsa; p=" + p + "\"").orElse("");
        if (records.isEmpty()) {
            return Finding.error(CHECK, what + "mail is signed, but there is no key at " + key.name() + ", so the signature counts as a"
                + " broken one" + publish);
        }
        String published = tag(records.get(0), "p");
        if (published.isEmpty()) {
            return Finding.error(CHECK, what + "the key at " + key.name() + " is revoked or empty" + publish);
        }
        if (key.publicKey().isPresent() && !key.publicKey().get().equals(published)) {
            return Finding.error(CHECK, what + "the key at " + key.name() + " is another one than that which signs" + publish);
        }
        return Finding.ok(CHECK, what + "the key is at " + key.name());
    }

    private Finding dmarc(String domain) throws UnansweredException {
        // RFC 7489 section 6.6.3 asks the organisation's domain; which one that is would need a list, so each parent is asked
        for (String name = domain; name.contains("."); name = name.substring(name.indexOf('.') + 1)) {
            for (String text : dns.texts("_dmarc." + name)) {
                if (text.startsWith("v=DMARC1")) {
                    return Finding.ok(CHECK, domain + ", DMARC: \"" + printable(text) + "\"");
                }
            }
        }
        return Finding.warning(CHECK, domain + ", DMARC: there is none. Publish: _dmarc." + domain
            + ". TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@" + domain + "\"");
    }

    private static String tag(String record, String name) {
        for (String tag : record.split(";")) {
            String[] parts = tag.split("=", 2);
            if (parts.length == 2 && parts[0].trim().equals(name)) {
                return parts[1].replaceAll("\\s", "");
            }
        }
        return "";
    }

    private static String printable(String text) {
        String clean = text.replaceAll("\\p{C}", "?");
        return clean.length() > 200 ? clean.substring(0, 200) + "..." : clean;
    }
}
