package io.mailveil.store;

import java.util.Objects;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;

/** The pair P → M as it stood when it was read: who, and the three switches (DESIGN.md section 1). */
public final class Forward {
    private final ForwardId id;
    private final PublicAddress publicAddress;
    private final EmailAddress member;
    private final boolean forwarding;
    private final boolean anonymize;
    private final boolean replies;
    private final boolean blocking;
    private final long revision;

    Forward(ForwardId id, PublicAddress publicAddress, EmailAddress member, boolean forwarding, boolean anonymize,
            boolean replies, boolean blocking, long revision) {
        this.id = id;
        this.publicAddress = publicAddress;
        this.member = member;
        this.forwarding = forwarding;
        this.anonymize = anonymize;
        this.replies = replies;
        this.blocking = blocking;
        this.revision = revision;
    }

    /** What everything that belongs to this forward is derived from. */
    public ForwardId id() {
        return id;
    }

    /** P. */
    public PublicAddress publicAddress() {
        return publicAddress;
    }

    /** M, in the spelling it was given. */
    public EmailAddress member() {
        return member;
    }

    /** Whether mail to P goes to M (row S10). */
    public boolean forwarding() {
        return forwarding;
    }

    /** Whether M sees phantoms only (row S11). */
    public boolean anonymize() {
        return anonymize;
    }

    /** Whether M may write as P (row S9). */
    public boolean replies() {
        return replies;
    }

    /** Whether any correspondent is blocked for it; who, {@link PhantomStore#blockedFor} tells. */
    public boolean blocking() {
        return blocking;
    }

    public long revision() {
        return revision;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Forward && id.equals(((Forward) other).id) && revision == ((Forward) other).revision;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, revision);
    }

    /** For logs: the public address and the id, not the member. */
    @Override
    public String toString() {
        return publicAddress.address() + "/" + id;
    }
}
