package io.mailveil.gateway;

import java.time.Clock;
import java.util.Collection;
import java.util.Optional;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;

/**
 * M → X becomes P → C, for the owner of X and nobody else (DESIGN.md sections 4 and 7, rows S5 to S9, S12, S13).
 */
public final class ReplyRule {
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final ReturnPaths returnPaths;
    private final MessageIds messageIds;
    private final LoopMarks loopMarks;
    private final Settings settings;
    private final Clock clock;

    /** Over the state and the keys of this installation. */
    public ReplyRule(ForwardStore forwards, PhantomStore phantoms, ReturnPaths returnPaths, MessageIds messageIds, LoopMarks loopMarks,
            Settings settings, Clock clock) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.returnPaths = returnPaths;
        this.messageIds = messageIds;
        this.loopMarks = loopMarks;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether the address is one that we made as a phantom, at some time; such mail is ours to route or to refuse. */
    public boolean isPhantom(EmailAddress recipient) {
        return phantoms.hasForm(recipient);
    }

    /** Whether whoever is behind the mail is not the owner; nobody owns a phantom that is not there (any more). */
    public boolean isNotOwner(EmailAddress recipient, Proof proof) {
        return phantoms.find(recipient).filter(phantom -> proof.isFor(phantom.forward().member())).isEmpty();
    }

    /** Whether the phantom may not be written to, by anybody. */
    public boolean isBlocked(EmailAddress recipient) {
        return phantoms.find(recipient).filter(phantom -> phantom.blocked() || !phantom.forward().replies()).isPresent();
    }

    /** Why this mail to a phantom does not pass; empty if it does. */
    public Optional<Refusal> refusal(EmailAddress recipient, Proof proof) {
        return refusal(new Recipient(recipient, forwards, phantoms), proof);
    }

    Optional<Refusal> refusal(Recipient recipient, Proof proof) {
        Optional<Phantom> phantom = recipient.phantom();
        return phantom.isEmpty() ? Optional.of(Refusal.unknown(recipient.address())) : refusal(phantom.get(), proof);
    }

    /**
     * Why mail to a phantom cannot be proven, whatever the message says: it comes from somebody else than the owner, or there are phantoms
     * of another member on it. Empty if the message shall be read. Tells a stranger no more than that he is not the owner.
     *
     * @param earlier the recipients that the mail has already
     */
    Optional<Refusal> refusalBeforeProof(Recipient recipient, Optional<EmailAddress> sender, Collection<EmailAddress> earlier) {
        Optional<EmailAddress> owner = owner(recipient.phantom());
        if (owner.isEmpty()) {
            return Optional.of(Refusal.unknown(recipient.address()));
        }
        if (sender.filter(address -> Proof.isMailboxOf(owner.get(), address)).isEmpty()) {
            return Optional.of(Refusal.NOT_OWNER);
        }
        // only an address with a tag can be two members at once
        boolean ambiguous = !Proof.mailboxOf(sender.get()).equals(sender.get());
        boolean others = ambiguous && earlier.stream().flatMap(address -> owner(phantoms.find(address)).stream())
            .anyMatch(other -> !other.equals(owner.get()));
        return others ? Optional.of(Refusal.ONE_MEMBER) : Optional.empty();
    }

    private static Optional<EmailAddress> owner(Optional<Phantom> found) {
        return found.map(phantom -> phantom.forward().member());
    }

    private static Optional<Refusal> refusal(Phantom phantom, Proof proof) {
        if (!proof.isFor(phantom.forward().member())) {
            return Optional.of(Refusal.NOT_OWNER);
        }
        if (!phantom.forward().replies()) {
            return Optional.of(Refusal.REPLIES_OFF);
        }
        return phantom.blocked() ? Optional.of(Refusal.CORRESPONDENT_BLOCKED) : Optional.empty();
    }

    /** The message for the correspondent; empty if {@link #refusal} says why not. */
    public Optional<Outgoing> outgoing(EmailAddress recipient, Arrival arrival) {
        return phantoms.find(recipient)
            .filter(phantom -> refusal(phantom, arrival.proof()).isEmpty())
            .map(phantom -> outgoing(phantom, arrival));
    }

    /** The message to the person behind {@code phantom}, as the public address of its forward. Asks nothing more. */
    Outgoing outgoing(Phantom phantom, Arrival arrival) {
        phantoms.touch(phantom);
        boolean automatic = AutomaticMail.isAutomatic(arrival.sender(), arrival.header());
        EmailAddress returnPath = returnPaths.create(automatic ? Notice.NOBODY : Notice.MEMBER,
            phantom.address().localPart(), phantom.address().domain());
        return new Outgoing(phantom.forward(), returnPath, phantom.correspondent().address(),
            new OutboundHeader(phantom, arrival.ownAddresses(), forwards, phantoms, messageIds, loopMarks, settings, clock));
    }
}
