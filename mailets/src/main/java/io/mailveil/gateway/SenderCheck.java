package io.mailveil.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Evidence.Spf;
import io.mailveil.mime.Header;
import io.mailveil.mime.MailDate;
import io.mailveil.mime.Mailbox;

/**
 * Who is behind a message that came without a login (DESIGN.md section 7, row B4): the person in From, if SPF or DKIM says so.
 *
 * <p>SPF counts when it passes for the envelope and the envelope is the address in From, with or without BATV signature and {@code +tag}.
 * DKIM counts when the domain of From or its parent has signed the whole of it: From, To, Cc, Subject, Date, Message-ID and the body to
 * its end, not longer ago than {@link #SIGNATURE_LIFE}, and whoever gets it here stands in To or Cc. So a signed mail that somebody once
 * sent elsewhere proves nothing here. Of several people in From none is proven.
 *
 * <p>A domain that vouches for its mail in general (DMARC, RFC 7489), but not so strictly for this one, makes it neither proven nor failed.
 */
public final class SenderCheck {
    /** How long a DKIM signature proves anything. */
    public static final Duration SIGNATURE_LIFE = Duration.ofDays(7);
    /** How far the clock of a signer may be ahead. */
    private static final Duration AHEAD = Duration.ofHours(1);
    /** What a signature has to cover of what the message has. */
    private static final List<String> COVERED = List.of("From", "To", "Cc", "Subject", "Date", "Message-ID");

    private final Evidence evidence;
    private final Settings settings;
    private final Clock clock;

    /** Asks {@code evidence} only for what the settings allow. */
    public SenderCheck(Evidence evidence, Settings settings, Clock clock) {
        this.evidence = evidence;
        this.settings = settings;
        this.clock = clock;
    }

    /** How a message came: the other end of the connection, the name it gave in EHLO, the envelope sender (empty for {@code <>}). */
    public static final class Delivery {
        private final InetAddress client;
        private final String helo;
        private final Optional<EmailAddress> sender;

        /** As the session says. */
        public Delivery(InetAddress client, String helo, Optional<EmailAddress> sender) {
            this.client = client;
            this.helo = helo.toLowerCase(Locale.ROOT);
            this.sender = sender;
        }

        private String domain() {
            return sender.map(EmailAddress::domain).orElse(helo);
        }
    }

    /**
     * The proof that travels with the message.
     *
     * @param recipients those of its recipients who ask for proof: phantoms and public addresses
     * @param inbound    whether it matters that somebody may have forged it: with a public address among the recipients it does
     * @throws IOException if the message cannot be read
     */
    public Proof proof(Delivery delivery, Header header, Evidence.Content content, Collection<EmailAddress> recipients, boolean inbound)
            throws IOException {
        List<Mailbox> from = header.mailboxes("From");
        if (from.isEmpty() || !settings.provesByMessage()) {
            return Proof.NONE;
        }
        EmailAddress writer = from.get(0).address();
        boolean alone = header.all("From").size() == 1 && from.size() == 1;
        Spf spf = spf(delivery, writer);
        if (alone && spf == Spf.PASS && delivery.sender.filter(sender -> Proof.isMailboxOf(writer, sender)).isPresent()) {
            return Proof.spf(writer);
        }
        Signatures signatures = settings.provesByDkim()
            ? evidence.signatures(content, domain -> Domains.sameOrganisation(domain, writer.domain())) : Signatures.NONE;
        if (alone && signatures.valid().stream().anyMatch(signature -> proves(signature, writer, header, recipients))) {
            return Proof.dkim(writer);
        }
        if (spf == Spf.UNANSWERED || signatures.unanswered()) {
            return Proof.UNANSWERED;
        }
        return inbound ? forged(delivery, writer, spf, alone ? signatures : Signatures.NONE, alone) : Proof.NONE;
    }

    private Spf spf(Delivery delivery, EmailAddress writer) {
        boolean matters = settings.provesBySpf() && Domains.sameOrganisation(delivery.domain(), writer.domain());
        return matters ? evidence.spf(delivery.client, delivery.helo, delivery.sender) : Spf.OTHER;
    }

    private boolean proves(Signature signature, EmailAddress writer, Header header, Collection<EmailAddress> recipients) {
        return Domains.vouchesFor(signature.domain(), writer.domain()) && signature.coversWholeBody()
            && COVERED.stream().allMatch(name -> isCovered(name, header, signature))
            && signature.time().or(() -> date(header)).filter(this::isYoung).isPresent()
            && named(header).containsAll(recipients);
    }

    /** A second field of the name would be one that nobody signed, and some programs show that one. */
    private static boolean isCovered(String name, Header header, Signature signature) {
        int count = header.all(name).size();
        return count == 0 || count == 1 && signature.covers(name);
    }

    /** The Date is covered, so it will do for signers that write no time. */
    private static Optional<Instant> date(Header header) {
        return header.first("Date").flatMap(field -> MailDate.read(field.body())).map(OffsetDateTime::toInstant);
    }

    private boolean isYoung(Instant time) {
        Instant now = clock.instant();
        return time.isAfter(now.minus(SIGNATURE_LIFE)) && time.isBefore(now.plus(AHEAD));
    }

    private static Set<EmailAddress> named(Header header) {
        Set<EmailAddress> result = new HashSet<>();
        header.mailboxes("To").forEach(mailbox -> result.add(mailbox.address()));
        header.mailboxes("Cc").forEach(mailbox -> result.add(mailbox.address()));
        return result;
    }

    /** What becomes of a message that is not proven. */
    private Proof forged(Delivery delivery, EmailAddress writer, Spf spf, Signatures signatures, boolean alone) {
        Optional<Dmarc> policy;
        try {
            policy = settings.honoursDmarc() ? Dmarc.of(writer.domain(), evidence) : Optional.empty();
        } catch (UnansweredException e) {
            return Proof.UNANSWERED;
        }
        if (policy.isEmpty()) {
            return spf == Spf.FAIL && signatures.valid().isEmpty() ? Proof.FAILED : Proof.NONE;
        }
        boolean aligned = alone && spf == Spf.PASS && policy.get().alignsSpf(delivery.domain(), writer.domain())
            || signatures.valid().stream().anyMatch(signature -> policy.get().alignsDkim(signature.domain(), writer.domain()));
        if (aligned) {
            return Proof.NONE;
        }
        return policy.get().isReject() ? Proof.DISOWNED : Proof.FAILED;
    }
}
