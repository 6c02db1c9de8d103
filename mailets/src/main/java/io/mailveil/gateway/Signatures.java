package io.mailveil.gateway;

import java.util.List;

/** The DKIM signatures of a message that hold, and whether there may be more. */
public final class Signatures {
    /** There are none. */
    public static final Signatures NONE = new Signatures(List.of(), false);

    private final List<Signature> valid;
    private final boolean unanswered;

    /** @param unanswered whether the DNS did not give the key for one that is not among {@code valid} */
    public Signatures(List<Signature> valid, boolean unanswered) {
        this.valid = List.copyOf(valid);
        this.unanswered = unanswered;
    }

    /** Those that hold. */
    public List<Signature> valid() {
        return valid;
    }

    /** Whether others might hold as well, if only the DNS answered. */
    public boolean unanswered() {
        return unanswered;
    }
}
