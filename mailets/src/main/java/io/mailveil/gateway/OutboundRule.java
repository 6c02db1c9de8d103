package io.mailveil.gateway;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.mime.Mailbox;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PhantomStore;

/**
 * M → anyone outside becomes P → anyone; and who is inside at all (DESIGN.md sections 4 and 7, rows S7, S15, S16).
 *
 * <p>P is the public address that M put into From, if he is a member of it, else that of his oldest forward; in both cases only
 * with {@code replies} on, since that switch forbids to write as P. Recipients get a phantom as if they had written first, so that
 * what they answer comes from an address that M has seen.
 */
public final class OutboundRule {
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final ReplyRule replies;
    private final Settings settings;

    /** Over the state of this installation; what is sent is made by {@code replies}. */
    public OutboundRule(ForwardStore forwards, PhantomStore phantoms, ReplyRule replies, Settings settings) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.replies = replies;
        this.settings = settings;
    }

    /**
     * Whether whoever is behind a mail is one of us: proven by the session, and with a private mailbox or behind a public address. What a
     * member sends from elsewhere to an ordinary address here is his own business; only phantoms make it ours.
     */
    public boolean isInside(Proof proof) {
        return proof.isOfSession()
            && (proof.addresses().stream().anyMatch(settings::isInside) || !forwards.forwardsToAny(proof.addresses()).isEmpty());
    }

    /** Whether a mail gives an inside address as its sender without any proof. */
    public boolean claimsInside(Optional<EmailAddress> sender, Proof proof) {
        return proof.isNobody() && sender.filter(settings::isInside).isPresent();
    }

    /**
     * Whether mail that goes to this recipient as it is would show him an inside sender: the last line of defence, for a chain in which the
     * mail has come past the lines that hide.
     */
    public boolean wouldShowSender(EmailAddress recipient, Optional<EmailAddress> sender, Proof proof) {
        return (claimsInside(sender, proof) || isInside(proof)) && !settings.isInside(recipient) && !phantoms.hasForm(recipient)
            && !forwards.isPublic(recipient);
    }

    /** Whether an authenticated user may give this envelope sender: an address of his own, or a public address of his. */
    public boolean maySendAs(EmailAddress sender, Proof proof) {
        return proof.isFor(sender) || forwards.forwardsToAny(proof.addresses()).stream()
            .anyMatch(forward -> forward.publicAddress().address().equals(sender));
    }

    /** Why nobody behind this proof may write outside, whatever the message says; empty if he may. */
    public Optional<Refusal> refusal(Proof proof) {
        List<Forward> own = forwards.forwardsToAny(proof.addresses());
        if (own.isEmpty()) {
            return Optional.of(Refusal.NO_PUBLIC_ADDRESS);
        }
        return own.stream().anyMatch(Forward::replies) ? Optional.empty() : Optional.of(Refusal.REPLIES_OFF);
    }

    /** Why this message does not pass; empty if it does. */
    public Optional<Refusal> refusal(Arrival arrival) {
        Optional<Refusal> refusal = refusal(arrival.proof());
        return refusal.isEmpty() && forward(arrival).isEmpty() ? Optional.of(Refusal.REPLIES_OFF) : refusal;
    }

    /** The message for one recipient outside; empty if {@link #refusal(Arrival)} says why not. */
    public Optional<Outgoing> outgoing(EmailAddress recipient, Arrival arrival) {
        return forward(arrival).map(forward ->
            replies.outgoing(phantoms.findOrCreate(forward, PhantomClass.PROVEN, new Correspondent(recipient, "")), arrival));
    }

    /** Whether this recipient has never had a phantom at this forward. */
    boolean isNew(Forward forward, EmailAddress recipient) {
        return phantoms.isNew(forward, PhantomClass.PROVEN, recipient);
    }

    /** The forward to write as: the one that From or the envelope names, else the oldest; only one that allows it. */
    Optional<Forward> forward(Arrival arrival) {
        List<Forward> own = forwards.forwardsToAny(arrival.proof().addresses());
        Set<EmailAddress> named = arrival.header().mailboxes("From").stream().map(Mailbox::address).collect(Collectors.toSet());
        Optional<Forward> chosen = own.stream().filter(forward -> named.contains(forward.publicAddress().address())).findFirst()
            .or(() -> own.stream().filter(forward -> arrival.sender().filter(forward.publicAddress().address()::equals).isPresent())
                .findFirst());
        return chosen.isPresent() ? chosen.filter(Forward::replies) : own.stream().filter(Forward::replies).findFirst();
    }
}
