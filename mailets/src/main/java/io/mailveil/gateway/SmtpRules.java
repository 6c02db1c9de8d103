package io.mailveil.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PhantomStore;

/**
 * What the gateway answers to MAIL, RCPT and DATA (RFC 5321 sections 4.1.1.2 to 4.1.1.4; the table of DESIGN.md section 7). Asks the same
 * rules as the chain does later, so that a refusal happens where it causes no mail.
 */
public final class SmtpRules {
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final ReturnPaths returnPaths;
    private final InboundRule inbound;
    private final ReplyRule replies;
    private final OutboundRule outbound;
    private final Directory directory;
    private final Settings settings;

    /** Over the state of this installation and the rules of the chain. */
    public SmtpRules(ForwardStore forwards, PhantomStore phantoms, ReturnPaths returnPaths, InboundRule inbound, ReplyRule replies,
            OutboundRule outbound, Directory directory, Settings settings) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.returnPaths = returnPaths;
        this.inbound = inbound;
        this.replies = replies;
        this.outbound = outbound;
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * The answer to MAIL.
     *
     * @param sender        empty for {@code <>}
     * @param loginRequired whether this port is for users who have logged in only
     */
    public Answer mail(Optional<EmailAddress> sender, Proof proof, boolean loginRequired) {
        if (proof.kind() != Proof.Kind.AUTHENTICATED) {
            return loginRequired ? Answer.refuse(Refusal.LOGIN_REQUIRED) : Answer.NO_OPINION;
        }
        return sender.filter(address -> outbound.maySendAs(address, proof)).isPresent()
            ? Answer.NO_OPINION : Answer.refuse(Refusal.NOT_YOUR_ADDRESS);
    }

    /** Somebody whom an SMTP command names. */
    public Recipient recipient(EmailAddress address) {
        return new Recipient(address, forwards, phantoms);
    }

    /** The answer to RCPT, for the first recipient of a mail. */
    public Answer rcpt(Recipient recipient, Optional<EmailAddress> sender, Proof proof) {
        return rcpt(recipient, sender, proof, List.of());
    }

    /**
     * The answer to RCPT.
     *
     * @param earlier the recipients that this mail has already
     */
    public Answer rcpt(Recipient recipient, Optional<EmailAddress> sender, Proof proof, Collection<EmailAddress> earlier) {
        if (outbound.claimsInside(sender, proof)) {
            return Answer.refuse(Refusal.CLAIMS_INSIDE);
        }
        // a forged one is nobody's, and James says so
        EmailAddress address = recipient.address();
        if (returnPaths.read(address).isPresent()) {
            return isOpen(address) ? Answer.ACCEPT : Answer.refuse(Refusal.unknown(address));
        }
        if (recipient.hasFormOfPhantom()) {
            Optional<Refusal> refusal = proof.isNobody() && settings.provesByMessage()
                ? replies.refusalBeforeProof(recipient, sender, earlier) : replies.refusal(recipient, proof);
            return refusal.map(Answer::refuse).orElse(Answer.ACCEPT);
        }
        Optional<List<Forward>> members = recipient.forwards();
        if (members.isPresent()) {
            return inbound.refusal(members.get(), sender, proof).map(Answer::refuse).orElse(Answer.ACCEPT);
        }
        boolean inside = outbound.isInside(proof);
        if (settings.isInside(address)) {
            return inside ? Answer.NO_OPINION : Answer.refuse(Refusal.unknown(address));
        }
        return inside ? outside(address, proof) : Answer.NO_OPINION;
    }

    /** Whether it matters for this recipient who sent the message. */
    public boolean asksForProof(Recipient recipient) {
        return settings.provesByMessage() && (recipient.hasFormOfPhantom() || recipient.isPublic());
    }

    /** Whether such mail goes through the gateway and so counts for {@link FloodRule}: not bounces, nor mail within the organisation. */
    public boolean isLimited(Recipient recipient, Proof proof) {
        return recipient.hasFormOfPhantom() || recipient.isPublic()
            || outbound.isInside(proof) && !settings.isInside(recipient.address()) && returnPaths.read(recipient.address()).isEmpty();
    }

    /**
     * The answer to the end of DATA: no, if no recipient may have the message. Those who may not have it while others may are left to the
     * chain, since there is one answer for all of them (RFC 5321 section 4.2.5).
     *
     * @param refusesContent whether the message is one that the gateway does not rewrite because of {@code signature=refuse}
     */
    public Answer data(Collection<Recipient> recipients, Arrival arrival, BooleanSupplier refusesContent) {
        List<Refusal> refusals = new ArrayList<>();
        for (Recipient recipient : recipients) {
            Optional<Refusal> refusal = data(recipient, arrival, refusesContent);
            if (refusal.filter(Refusal::isTemporary).isPresent()) {
                return Answer.refuse(refusal.get());
            }
            refusal.ifPresent(refusals::add);
        }
        boolean all = !refusals.isEmpty() && refusals.size() == recipients.size();
        return all ? Answer.refuse(refusals.get(0)) : Answer.NO_OPINION;
    }

    private Optional<Refusal> data(Recipient recipient, Arrival arrival, BooleanSupplier refusesContent) {
        Proof proof = arrival.proof();
        EmailAddress address = recipient.address();
        if (returnPaths.read(address).isPresent()) {
            return Optional.empty();
        }
        Optional<Refusal> refusal;
        if (recipient.hasFormOfPhantom()) {
            refusal = proof.kind() == Proof.Kind.UNANSWERED ? Optional.of(Refusal.UNANSWERED) : replies.refusal(recipient, proof);
        } else if (recipient.isPublic()) {
            refusal = inbound.refusal(recipient.forwards().get(), arrival);
        } else if (outbound.isInside(proof) && !settings.isInside(address) && !hasPublicAddresses(address.domain())) {
            refusal = outbound.refusal(arrival);
        } else {
            return Optional.empty();
        }
        return refusal.or(() -> refusesContent.getAsBoolean() ? Optional.of(Refusal.SIGNED) : Optional.empty());
    }

    /** A return path takes mail while it is young, its phantom is there and its person is not blocked. */
    private boolean isOpen(EmailAddress recipient) {
        return returnPaths.read(recipient)
            .filter(path -> !path.isExpired())
            .flatMap(path -> phantoms.find(path.phantom()))
            .filter(phantom -> phantom.address().domain().equals(recipient.domain()))
            .filter(phantom -> !phantom.blocked())
            .isPresent();
    }

    private boolean hasPublicAddresses(String domain) {
        return directory.isLocalDomain(domain) && forwards.hasPublicAddressIn(domain);
    }

    private Answer outside(EmailAddress recipient, Proof proof) {
        Optional<Refusal> refusal = outbound.refusal(proof);
        if (refusal.isPresent()) {
            // where the public addresses are, James knows best who is nobody
            return hasPublicAddresses(recipient.domain()) ? Answer.NO_OPINION : Answer.refuse(refusal.get());
        }
        // James relays for authenticated users; that a network is trusted, only we know
        boolean relay = proof.kind() == Proof.Kind.NETWORK && !directory.isLocalDomain(recipient.domain());
        return relay ? Answer.ACCEPT : Answer.NO_OPINION;
    }
}
