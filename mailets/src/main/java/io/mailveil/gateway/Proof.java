package io.mailveil.gateway;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
        /** SPF passes for the envelope, and the envelope says the same as From. */
        SPF,
        /** The domain of the one in From has signed the message for those who get it here. */
        DKIM,
        /** Mailveil itself made the message, in the name of a public address. */
        GATEWAY,
        /** Nobody knows. */
        NONE,
        /** Nobody knows, since the DNS did not answer. */
        UNANSWERED,
        /** Nobody knows, but the domain in From says that its mail looks different. */
        FAILED,
        /** As {@link #FAILED}, and the domain asks to refuse it (DMARC). */
        DISOWNED
    }

    /** Nobody is known to be behind it. */
    public static final Proof NONE = nobody(Kind.NONE);
    /** As {@link #NONE}; another time it may be known. */
    public static final Proof UNANSWERED = nobody(Kind.UNANSWERED);
    /** As {@link #NONE}; it is probably forged. */
    public static final Proof FAILED = nobody(Kind.FAILED);
    /** As {@link #NONE}; it is to be refused. */
    public static final Proof DISOWNED = nobody(Kind.DISOWNED);

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

    private static Proof nobody(Kind kind) {
        return new Proof(kind, "", ImmutableSet.of());
    }

    /** SPF speaks for the person in From. */
    public static Proof spf(EmailAddress from) {
        return new Proof(Kind.SPF, from.canonical(), ImmutableSet.of(from));
    }

    /** DKIM speaks for the person in From. */
    public static Proof dkim(EmailAddress from) {
        return new Proof(Kind.DKIM, from.canonical(), ImmutableSet.of(from));
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
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Stream.of(FAILED, DISOWNED).filter(proof -> proof.toString().equals(text)).findFirst().orElse(NONE);
        }
        Optional<EmailAddress> address = EmailAddress.parse(text.substring(colon + 1));
        switch (text.substring(0, colon)) {
            case "gateway":
                return address.map(Proof::gateway).orElse(NONE);
            case "spf":
                return address.map(Proof::spf).orElse(NONE);
            case "dkim":
                return address.map(Proof::dkim).orElse(NONE);
            default:
                return NONE;
        }
    }

    /** The mailbox that an envelope sender belongs to: without BATV signature and without a {@code +tag} (RFC 5233). */
    static EmailAddress mailboxOf(EmailAddress sender) {
        Matcher signed = BATV.matcher(sender.localPart());
        String local = signed.matches() ? signed.group(1) : sender.localPart();
        int tag = local.indexOf('+');
        String base = tag > 0 ? local.substring(0, tag) : local;
        return EmailAddress.parse(base + '@' + sender.domain()).orElse(sender);
    }

    /** Whether mail with this envelope sender may come from that mailbox. */
    static boolean isMailboxOf(EmailAddress mailbox, EmailAddress sender) {
        return sender.equals(mailbox) || mailboxOf(sender).equals(mailbox);
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

    /** Whether nobody is known to be behind the message. */
    public boolean isNobody() {
        return addresses.isEmpty();
    }

    /** Whether the other end showed who it is before it sent the message: it has logged in, or is in a trusted network. */
    public boolean isOfSession() {
        return kind == Kind.AUTHENTICATED || kind == Kind.NETWORK;
    }

    /** The form that travels with a mail; those of a session need not, since James's own attributes tell. */
    @Override
    public String toString() {
        String word = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.GATEWAY || kind == Kind.SPF || kind == Kind.DKIM ? word + ':' + name : word;
    }
}
