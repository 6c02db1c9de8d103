package io.mailveil.store;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The switches of a forward that a request names; those it does not name stay as they are, and are true in a new
 * forward (DESIGN.md section 9).
 */
public final class Switches {
    /** Names none. */
    public static final Switches UNCHANGED = new Switches(Optional.empty(), Optional.empty(), Optional.empty());

    private final Optional<Boolean> forwarding;
    private final Optional<Boolean> anonymize;
    private final Optional<Boolean> replies;

    /** Empty for a switch that is not named. */
    public Switches(Optional<Boolean> forwarding, Optional<Boolean> anonymize, Optional<Boolean> replies) {
        this.forwarding = forwarding;
        this.anonymize = anonymize;
        this.replies = replies;
    }

    /** For the audit: those that are named, like "forwarding=false replies=true". */
    @Override
    public String toString() {
        return Stream.of(forwarding.map(on -> "forwarding=" + on), anonymize.map(on -> "anonymize=" + on),
            replies.map(on -> "replies=" + on)).flatMap(Optional::stream).collect(Collectors.joining(" "));
    }

    Optional<Boolean> forwarding() {
        return forwarding;
    }

    Optional<Boolean> anonymize() {
        return anonymize;
    }

    Optional<Boolean> replies() {
        return replies;
    }
}
