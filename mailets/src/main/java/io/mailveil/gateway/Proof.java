package io.mailveil.gateway;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.collect.ImmutableSet;

import io.mailveil.address.EmailAddress;

/**
 * Who is known to be behind a message, as opposed to who it says it is from (DESIGN.md section 7, row B4).
 *
 * <p>Travels with a mail as the string that {@link #toString()} writes.
 */
public final class Proof {
    /** How it is known. */
    public enum Kind {
        /** The SMTP session was authenticated. */
        AUTHENTICATED,
        /** The client is in a trusted network; the envelope sender is believed. */
        NETWORK,
        /** Mailveil itself made the message, in the name of a public address. */
        GATEWAY,
        /** Nobody knows. */
        NONE
    }

    /** Nobody is known to be behind it. */
    public static final Proof NONE = new Proof(Kind.NONE, "", ImmutableSet.of());

    /** RFC-less but wide-spread: a signed envelope sender, {@code prvs=<tag>=<local part>} (BATV). */
    private static final Pattern BATV = Pattern.compile("prvs=[0-9a-z]{10}=(.+)", Pattern.CASE_INSENSITIVE);

    private final Kind kind;
    private final String name;
    private final Set<EmailAddress> addresses;

    private Proof(Kind kind, String name, Set<EmailAddress> addresses) {
        this.kind = kind;
        this.name = name;
        this.addresses = addresses;
    }

    /** The session was authenticated as this user. */
    public static Proof authenticated(String user, Directory directory) {
        return new Proof(Kind.AUTHENTICATED, user, directory.addressesOf(user));
    }

    /** Mailveil made the message as this public address. */
    public static Proof gateway(EmailAddress publicAddress) {
        return new Proof(Kind.GATEWAY, publicAddress.canonical(), ImmutableSet.of(publicAddress));
    }

    /** What a session or an envelope proves: the user if there is one, else the sender if the network is trusted, else nothing. */
    public static Proof of(Optional<String> user, Optional<InetAddress> client, Optional<EmailAddress> sender,
            Settings settings, Directory directory) {
        if (user.isPresent()) {
            return authenticated(user.get(), directory);
        }
        boolean trusted = client.isPresent() && settings.trustedNetworks().stream().anyMatch(network -> network.contains(client.get()));
        return sender.filter(address -> trusted)
            .map(address -> new Proof(Kind.NETWORK, address.canonical(), ImmutableSet.of(address, mailboxOf(address))))
            .orElse(NONE);
    }

    /** Reads back what {@link #toString()} wrote; anything else proves nothing. */
    public static Proof parse(String text) {
        if (text.startsWith("gateway:")) {
            return EmailAddress.parse(text.substring("gateway:".length())).map(Proof::gateway).orElse(NONE);
        }
        return NONE;
    }

    /** The mailbox that an envelope sender belongs to: without BATV signature and without a {@code +tag} (RFC 5233). */
    static EmailAddress mailboxOf(EmailAddress sender) {
        Matcher signed = BATV.matcher(sender.localPart());
        String local = signed.matches() ? signed.group(1) : sender.localPart();
        int tag = local.indexOf('+');
        String base = tag > 0 ? local.substring(0, tag) : local;
        return EmailAddress.parse(base + '@' + sender.domain()).orElse(sender);
    }

    /** How it is known. */
    public Kind kind() {
        return kind;
    }

    /** The addresses that whoever is behind the message may use as his own. */
    public Set<EmailAddress> addresses() {
        return addresses;
    }

    /** Whether whoever is behind the message may use this address as his own. */
    public boolean isFor(EmailAddress address) {
        return addresses.contains(address);
    }

    /** The form that travels with a mail. Only {@link Kind#GATEWAY} needs to: the others are known from James's own attributes. */
    @Override
    public String toString() {
        return kind == Kind.GATEWAY ? "gateway:" + name : kind.name().toLowerCase(Locale.ROOT);
    }
}
