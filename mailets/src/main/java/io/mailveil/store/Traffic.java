package io.mailveil.store;

import java.util.Locale;

/** What is counted by the hour. */
public enum Traffic {
    /** A message that went on to a member. */
    INBOUND,
    /** A message of a member that went on to the correspondent behind a phantom address. */
    REPLIES,
    /** A message of a member that went on to somebody outside. */
    OUTBOUND,
    /** Something that came back to a return path. */
    BOUNCES,
    /** A message that is kept because it could not be rewritten. */
    HELD,
    /** A command or a message that was refused; the only one that has a cause. */
    REFUSED;

    /** The name in metrics, tables and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
