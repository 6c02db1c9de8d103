package io.mailveil.store;

import java.time.Instant;
import java.util.Map;

/** How much mail of each kind there was within one hour, on all nodes. */
public final class TrafficHour {
    private final Instant start;
    private final Map<Traffic, Long> amounts;
    private final Map<String, Long> refused;

    TrafficHour(Instant start, Map<Traffic, Long> amounts, Map<String, Long> refused) {
        this.start = start;
        this.amounts = amounts;
        this.refused = refused;
    }

    /** When the hour began. */
    public Instant start() {
        return start;
    }

    /** How much of this; 0 if none. */
    public long amount(Traffic traffic) {
        return amounts.getOrDefault(traffic, 0L);
    }

    /** What was refused, by cause in alphabetical order. */
    public Map<String, Long> refused() {
        return refused;
    }
}
