package io.mailveil.gateway;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableSet;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.Limits;
import io.mailveil.mime.SignaturePolicy;

/**
 * {@code mailveil.properties}, read and checked (DESIGN.md section 10). Every key has a default; a key that is not known or a
 * value that is not allowed is refused with the key, the value and what is allowed.
 */
public final class Settings {
    /** Domains of private mailboxes: they take mail from inside and from the gateway only. List of domains, default empty. */
    public static final String INSIDE_DOMAINS = "inside.domains";
    /** Domain of all phantom addresses made from now on. Default: that of the public address. */
    public static final String PHANTOM_DOMAIN = "phantom.domain";
    /** Names of further header fields that pass, their text scrubbed. List, default empty. */
    public static final String HEADERS_KEEP = "headers.keep";
    /** Networks whose clients are believed about the envelope sender. List of CIDR ranges, default empty: nobody is. */
    public static final String TRUSTED_NETWORKS = "trusted.networks";
    /** Whether SPF proves who sent mail that came without a login: {@code true} (default) or {@code false}. */
    public static final String PROOF_SPF = "proof.spf";
    /** As {@link #PROOF_SPF}, for DKIM. */
    public static final String PROOF_DKIM = "proof.dkim";
    /** Whether the DMARC policy of the domain in From is honoured; needs both of the others. {@code true} (default) or {@code false}. */
    public static final String PROOF_DMARC = "proof.dmarc";
    /** What a correspondent blocked for all members gets: {@code reject} (default) or {@code discard}. */
    public static final String BLOCKED_CORRESPONDENTS = "blocked.correspondents";
    /** What becomes of automatic answers of members: {@code drop} (default) or {@code forward}. */
    public static final String AUTOREPLY = "autoreply";
    /** What becomes of digital signatures and keys: {@code strip} (default), {@code pass} or {@code refuse}. */
    public static final String SIGNATURE = "signature";
    /** Whether {@code winmail.dat}, which cannot be looked into, passes: {@code pass} (default) or {@code hold}. */
    public static final String TNEF = "tnef";
    /** Most fields of one header block. */
    public static final String LIMITS_HEADER_FIELDS = "limits.header.fields";
    /** Most octets of one header block. */
    public static final String LIMITS_HEADER_OCTETS = "limits.header.octets";
    /** Most parts of a message. */
    public static final String LIMITS_PARTS = "limits.parts";
    /** Most levels of multiparts and messages in one another. */
    public static final String LIMITS_DEPTH = "limits.depth";
    /** Most octets of one text part. */
    public static final String LIMITS_TEXT_OCTETS = "limits.text.octets";
    /** Most people that a message may name to a member; further ones are left out. */
    public static final String LIMITS_ADDRESSES = "limits.addresses";
    /** Messages a minute from one correspondent (an envelope sender and the network he connects from), 0 for no limit. */
    public static final String LIMITS_MESSAGES_CORRESPONDENT = "limits.messages.correspondent";
    /** Messages a minute from one user who has logged in, 0 for no limit. */
    public static final String LIMITS_MESSAGES_USER = "limits.messages.user";
    /** Messages a minute through one forward, in each direction, 0 for no limit. */
    public static final String LIMITS_MESSAGES_FORWARD = "limits.messages.forward";
    /** New phantom addresses an hour for one forward, 0 for no limit. */
    public static final String LIMITS_PHANTOMS = "limits.phantoms";
    /** Recipients of one message, 0 for no limit. */
    public static final String LIMITS_RECIPIENTS = "limits.recipients";
    /** JDBC URL of Mailveil's tables. Default: James's own database, with the settings of james-database.properties. */
    public static final String STORE_URL = "store.url";
    /** Class name of the JDBC driver for {@link #STORE_URL}. Default: the URL tells. */
    public static final String STORE_DRIVER = "store.driver";
    /** User for {@link #STORE_URL}. */
    public static final String STORE_USER = "store.user";
    /** Password for {@link #STORE_URL}. */
    public static final String STORE_PASSWORD = "store.password";
    /** The keyset file, absolute or in the configuration folder. Default: {@code mailveil.keyset}. */
    public static final String KEYSET = "keyset";
    /** Host names under which administration answers, beside IP addresses, localhost and the name of the machine. List, default empty. */
    public static final String WEBADMIN_HOSTS = "webadmin.hosts";
    /** Phantom addresses unused for so many days are forgotten. Default: never. */
    public static final String RETENTION_PHANTOMS = "retention.phantoms";

    private static final Set<String> KEYS = ImmutableSet.of(INSIDE_DOMAINS, PHANTOM_DOMAIN, HEADERS_KEEP, TRUSTED_NETWORKS,
        PROOF_SPF, PROOF_DKIM, PROOF_DMARC, BLOCKED_CORRESPONDENTS, AUTOREPLY, SIGNATURE, TNEF, LIMITS_HEADER_FIELDS,
        LIMITS_HEADER_OCTETS, LIMITS_PARTS, LIMITS_DEPTH, LIMITS_TEXT_OCTETS, LIMITS_ADDRESSES, LIMITS_MESSAGES_CORRESPONDENT,
        LIMITS_MESSAGES_USER, LIMITS_MESSAGES_FORWARD, LIMITS_PHANTOMS, LIMITS_RECIPIENTS, STORE_URL, STORE_DRIVER, STORE_USER,
        STORE_PASSWORD, KEYSET, WEBADMIN_HOSTS, RETENTION_PHANTOMS);
    private static final int MOST = 1_000_000;
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9-]{1,70}");
    /** What must never pass as it is, whatever an administrator wishes: it names people or the way a message took. */
    private static final Set<String> NEVER_KEPT = ImmutableSet.of("from", "sender", "reply-to", "to", "cc", "bcc", "received",
        "return-path", "message-id", "in-reply-to", "references", "delivered-to", "dkim-signature", "authentication-results",
        "disposition-notification-to", "return-receipt-to");

    private final Set<String> insideDomains;
    private final Optional<String> phantomDomain;
    private final Set<String> headersKeep;
    private final List<Network> trustedNetworks;
    private final boolean provesBySpf;
    private final boolean provesByDkim;
    private final boolean honoursDmarc;
    private final boolean discardBlocked;
    private final boolean forwardsAutoreplies;
    private final SignaturePolicy signature;
    private final boolean passesTnef;
    private final Limits limits;
    private final int messagesPerCorrespondent;
    private final int messagesPerUser;
    private final int messagesPerForward;
    private final int phantomsPerForward;
    private final int recipientsPerMessage;
    private final Set<String> webadminHosts;
    private final Optional<Integer> retentionDays;
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
        this.insideDomains = ImmutableSet.copyOf(list(INSIDE_DOMAINS, EmailAddress::domain, "a list of domain names, like staff.example"));
        this.phantomDomain = list(PHANTOM_DOMAIN, EmailAddress::domain, "one domain name, like reply.example").stream().findFirst();
        this.headersKeep = ImmutableSet.copyOf(list(HEADERS_KEEP, Settings::fieldName,
            "a list of header names, like X-Ticket; not those that name people or the way of a message"));
        this.trustedNetworks = list(TRUSTED_NETWORKS, Network::of, "a list of IP addresses or networks, like 192.0.2.0/24");
        this.provesBySpf = isTrue(PROOF_SPF);
        this.provesByDkim = isTrue(PROOF_DKIM);
        this.honoursDmarc = isTrue(PROOF_DMARC) && provesBySpf && provesByDkim;
        this.discardBlocked = list(BLOCKED_CORRESPONDENTS, Settings::discard, "reject or discard").stream().findFirst().orElse(false);
        this.forwardsAutoreplies = list(AUTOREPLY, Settings::forwardsAutoreplies, "drop or forward").stream().findFirst().orElse(false);
        this.signature = list(SIGNATURE, Settings::signature, "strip, pass or refuse").stream().findFirst().orElse(SignaturePolicy.STRIP);
        this.passesTnef = list(TNEF, Settings::passesTnef, "pass or hold").stream().findFirst().orElse(true);
        this.limits = Limits.DEFAULT
            .withHeaderFields(number(LIMITS_HEADER_FIELDS, 20, 100_000, Limits.DEFAULT.headerFields()))
            .withHeaderOctets(number(LIMITS_HEADER_OCTETS, 10_000, 100_000_000, Limits.DEFAULT.headerOctets()))
            .withParts(number(LIMITS_PARTS, 10, 1_000_000, Limits.DEFAULT.parts()))
            .withDepth(number(LIMITS_DEPTH, 3, 100, Limits.DEFAULT.depth()))
            .withTextOctets(number(LIMITS_TEXT_OCTETS, 10_000, 100_000_000, Limits.DEFAULT.textOctets()))
            .withAddresses(number(LIMITS_ADDRESSES, 0, 10_000, Limits.DEFAULT.addresses()));
        this.messagesPerCorrespondent = number(LIMITS_MESSAGES_CORRESPONDENT, 0, MOST, 30);
        this.messagesPerUser = number(LIMITS_MESSAGES_USER, 0, MOST, 60);
        this.messagesPerForward = number(LIMITS_MESSAGES_FORWARD, 0, MOST, 300);
        this.phantomsPerForward = number(LIMITS_PHANTOMS, 0, MOST, 1000);
        this.recipientsPerMessage = number(LIMITS_RECIPIENTS, 0, MOST, 200);
        this.webadminHosts = ImmutableSet.copyOf(list(WEBADMIN_HOSTS, EmailAddress::domain, "a list of host names, like admin.example"));
        this.retentionDays = Optional.of(number(RETENTION_PHANTOMS, 1, 36_500, 0)).filter(days -> days > 0);
        if (values.containsKey(PHANTOM_DOMAIN) && split(PHANTOM_DOMAIN).size() > 1) {
            throw wrong(PHANTOM_DOMAIN, values.get(PHANTOM_DOMAIN), "one domain name, like reply.example");
        }
    }

    /**
     * Checks and takes over the properties; lists are separated by commas.
     *
     * @throws IllegalArgumentException with the key, the value and what is allowed
     */
    public static Settings of(Map<String, String> properties) {
        Set<String> unknown = new TreeSet<>(properties.keySet());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("mailveil.properties: there is no setting '" + unknown.iterator().next()
                + "'. The settings are: " + String.join(", ", new TreeSet<>(KEYS)));
        }
        return new Settings(Map.copyOf(properties));
    }

    private <T> List<T> list(String key, Function<String, T> reader, String allowed) {
        return split(key).stream().map(text -> {
            try {
                return reader.apply(text);
            } catch (IllegalArgumentException e) {
                throw wrong(key, text, allowed);
            }
        }).collect(Collectors.toList());
    }

    private List<String> split(String key) {
        return Arrays.stream(values.getOrDefault(key, "").split(","))
            .map(String::trim)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.toList());
    }

    private boolean isTrue(String key) {
        String text = values.getOrDefault(key, "").trim();
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            throw wrong(key, text, "true or false");
        }
        return !text.equals("false");
    }

    private int number(String key, int least, int most, int normal) {
        String text = values.getOrDefault(key, "").trim();
        if (text.isEmpty()) {
            return normal;
        }
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw wrong(key, text, "a number from " + least + " to " + most);
        }
        return number;
    }

    private static IllegalArgumentException wrong(String key, String value, String allowed) {
        return new IllegalArgumentException("mailveil.properties: " + key + "=" + value + " is not allowed. Allowed is " + allowed);
    }

    private static String fieldName(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (!FIELD_NAME.matcher(text).matches() || NEVER_KEPT.contains(name) || name.startsWith("resent-") || name.startsWith("arc-")) {
            throw new IllegalArgumentException();
        }
        return name;
    }

    private static boolean discard(String text) {
        if (!text.equals("reject") && !text.equals("discard")) {
            throw new IllegalArgumentException();
        }
        return text.equals("discard");
    }

    private static boolean forwardsAutoreplies(String text) {
        if (!text.equals("drop") && !text.equals("forward")) {
            throw new IllegalArgumentException();
        }
        return text.equals("forward");
    }

    private static SignaturePolicy signature(String text) {
        return Arrays.stream(SignaturePolicy.values()).filter(policy -> policy.name().toLowerCase(Locale.ROOT).equals(text))
            .findFirst().orElseThrow(IllegalArgumentException::new);
    }

    private static boolean passesTnef(String text) {
        if (!text.equals("pass") && !text.equals("hold")) {
            throw new IllegalArgumentException();
        }
        return text.equals("pass");
    }

    /** Whether the address is a private mailbox of the organisation. */
    public boolean isInside(EmailAddress address) {
        return insideDomains.contains(address.domain());
    }

    /** {@link #INSIDE_DOMAINS}. */
    public Set<String> insideDomains() {
        return insideDomains;
    }

    /** {@link #PHANTOM_DOMAIN}. */
    public Optional<String> phantomDomain() {
        return phantomDomain;
    }

    /** {@link #HEADERS_KEEP}, in lower case. */
    public Set<String> headersKeep() {
        return headersKeep;
    }

    /** {@link #TRUSTED_NETWORKS}. */
    public List<Network> trustedNetworks() {
        return trustedNetworks;
    }

    /** {@link #PROOF_SPF}. */
    public boolean provesBySpf() {
        return provesBySpf;
    }

    /** {@link #PROOF_DKIM}. */
    public boolean provesByDkim() {
        return provesByDkim;
    }

    /** Whether a message itself can prove who sent it. */
    public boolean provesByMessage() {
        return provesBySpf || provesByDkim;
    }

    /** {@link #PROOF_DMARC}, if there is also SPF and DKIM to judge by. */
    public boolean honoursDmarc() {
        return honoursDmarc;
    }

    /** Whether {@link #BLOCKED_CORRESPONDENTS} is {@code discard}. */
    public boolean discardBlocked() {
        return discardBlocked;
    }

    /** Whether {@link #AUTOREPLY} is {@code forward}. */
    public boolean forwardsAutoreplies() {
        return forwardsAutoreplies;
    }

    /** {@link #SIGNATURE}. */
    public SignaturePolicy signature() {
        return signature;
    }

    /** Whether {@link #TNEF} is {@code pass}. */
    public boolean passesTnef() {
        return passesTnef;
    }

    /** What a message may have, from the {@code limits.*} keys. */
    public Limits limits() {
        return limits;
    }

    /** {@link #LIMITS_MESSAGES_CORRESPONDENT}; 0 for no limit, as in the other four. */
    public int messagesPerCorrespondent() {
        return messagesPerCorrespondent;
    }

    /** {@link #LIMITS_MESSAGES_USER}. */
    public int messagesPerUser() {
        return messagesPerUser;
    }

    /** {@link #LIMITS_MESSAGES_FORWARD}. */
    public int messagesPerForward() {
        return messagesPerForward;
    }

    /** {@link #LIMITS_PHANTOMS}. */
    public int phantomsPerForward() {
        return phantomsPerForward;
    }

    /** {@link #LIMITS_RECIPIENTS}. */
    public int recipientsPerMessage() {
        return recipientsPerMessage;
    }

    /** {@link #WEBADMIN_HOSTS}. */
    public Set<String> webadminHosts() {
        return webadminHosts;
    }

    /** {@link #RETENTION_PHANTOMS}, empty for never. */
    public Optional<Integer> retentionDays() {
        return retentionDays;
    }

    /** Any setting as it was written, empty if it was not. */
    public Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).map(String::trim).filter(value -> !value.isEmpty());
    }
}
