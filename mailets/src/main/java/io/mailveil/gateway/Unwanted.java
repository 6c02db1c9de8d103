package io.mailveil.gateway;

import java.util.Optional;

/** Mail of programs that goes no further, and is told to nobody, since nobody wrote it (row B5). */
public enum Unwanted {
    /** A read receipt: it tells when and with what somebody reads, and nobody asked for it, as such requests do not pass. */
    RECEIPT("receipt"),
    /** A member's automatic answer, unless the setting {@code autoreply} lets it pass. */
    AUTOREPLY("autoreply");

    private final String key;

    Unwanted(String key) {
        this.key = key;
    }

    /** For counters and logs. */
    public String key() {
        return key;
    }

    /** Whether mail of a correspondent, or of a member to anybody who is no phantom, is unwanted. */
    public static Optional<Unwanted> fromAnybody(Arrival arrival) {
        return AutomaticMail.isReceipt(arrival.header()) ? Optional.of(RECEIPT) : Optional.empty();
    }

    /** Whether mail to a phantom is unwanted. What the gateway itself makes is not. */
    public static Optional<Unwanted> toPhantom(Arrival arrival, Settings settings) {
        boolean dropped = AutomaticMail.isReply(arrival.header()) && !settings.forwardsAutoreplies()
            && arrival.proof().kind() != Proof.Kind.GATEWAY;
        return dropped ? Optional.of(AUTOREPLY) : fromAnybody(arrival);
    }
}
