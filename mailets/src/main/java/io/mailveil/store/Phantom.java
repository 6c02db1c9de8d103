package io.mailveil.store;

import java.time.Instant;
import java.time.LocalDate;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;

/** A phantom address as it stood when it was read: X, the forward it belongs to, and whom it stands for. */
public final class Phantom {
    private final EmailAddress address;
    private final Forward forward;
    private final PhantomClass kind;
    private final Correspondent correspondent;
    private final boolean blocked;
    private final Instant createdAt;
    private final LocalDate lastUsed;

    Phantom(EmailAddress address, Forward forward, PhantomClass kind, Correspondent correspondent, boolean blocked,
            Instant createdAt, LocalDate lastUsed) {
        this.address = address;
        this.forward = forward;
        this.kind = kind;
        this.correspondent = correspondent;
        this.blocked = blocked;
        this.createdAt = createdAt;
        this.lastUsed = lastUsed;
    }

    /** X. */
    public EmailAddress address() {
        return address;
    }

    /** The forward: whose phantom it is, and at which public address. */
    public Forward forward() {
        return forward;
    }

    /** What was known of the person when it was made. */
    public PhantomClass kind() {
        return kind;
    }

    /** The person: for the gateway, never for a log or a list. */
    public Correspondent correspondent() {
        return correspondent;
    }

    /** Whether the person is blocked for this forward. */
    public boolean blocked() {
        return blocked;
    }

    /** When it was made. */
    public Instant createdAt() {
        return createdAt;
    }

    /** The day (UTC) on which a message last went to or from it. */
    public LocalDate lastUsed() {
        return lastUsed;
    }

    /** For logs: the phantom address only. */
    @Override
    public String toString() {
        return address.toString();
    }
}
