package io.mailveil.gateway;

import java.util.Optional;

/** What the gateway says to a command of an SMTP client. */
public final class Answer {
    /** Yes, and nobody else needs to be asked. */
    public static final Answer ACCEPT = new Answer(Optional.empty());
    /** Not the gateway's business, or nothing against it: let James decide. */
    public static final Answer NO_OPINION = new Answer(Optional.empty());

    private final Optional<Refusal> refusal;

    private Answer(Optional<Refusal> refusal) {
        this.refusal = refusal;
    }

    /** No. */
    public static Answer refuse(Refusal refusal) {
        return new Answer(Optional.of(refusal));
    }

    /** Why not, empty for {@link #ACCEPT} and {@link #NO_OPINION}. */
    public Optional<Refusal> refusal() {
        return refusal;
    }

    @Override
    public String toString() {
        return refusal.map(Refusal::toString).orElse(this == ACCEPT ? "ACCEPT" : "NO_OPINION");
    }
}
