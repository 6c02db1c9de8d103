package io.mailveil.gateway;

import java.util.Optional;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PhantomStore;

/**
 * What the gateway answers to MAIL and RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3; the table of DESIGN.md section 7). Asks the same
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

    /** The answer to RCPT. */
    public Answer rcpt(EmailAddress recipient, Optional<EmailAddress> sender, Proof proof) {
        if (outbound.claimsInside(sender, proof)) {
            return Answer.refuse(Refusal.CLAIMS_INSIDE);
        }
        // a forged one is nobody's, and James says so
        if (returnPaths.read(recipient).isPresent()) {
            return isOpen(recipient) ? Answer.ACCEPT : Answer.refuse(Refusal.unknown(recipient));
        }
        if (replies.isPhantom(recipient)) {
            return replies.refusal(recipient, proof).map(Answer::refuse).orElse(Answer.ACCEPT);
        }
        if (forwards.isPublic(recipient)) {
            return inbound.refusal(recipient, sender, proof).map(Answer::refuse).orElse(Answer.NO_OPINION);
        }
        boolean inside = outbound.isInside(proof);
        if (settings.isInside(recipient)) {
            return inside ? Answer.NO_OPINION : Answer.refuse(Refusal.unknown(recipient));
        }
        return inside ? outside(recipient, proof) : Answer.NO_OPINION;
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
        return forwards.publicAddresses().stream().anyMatch(address -> address.address().domain().equals(domain));
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
