package io.mailveil.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts mail by the hour without asking the database for every message: in memory, written every few seconds and at the end.
 *
 * <p>Counting never fails and never waits. While the database does not answer, counts stay in memory and are written when it does; a
 * process that is killed loses those of the last five seconds, or since the database was last there. Several nodes add to the same rows.
 */
public final class TrafficCounter implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TrafficCounter.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final AuditStore audit;
    private final Clock clock;
    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "mailveil-traffic");
        thread.setDaemon(true);
        return thread;
    });

    /** What one count is for. */
    private static final class Key {
        private final Instant hour;
        private final Traffic traffic;
        private final String cause;

        private Key(Instant hour, Traffic traffic, String cause) {
            this.hour = hour;
            this.traffic = traffic;
            this.cause = cause;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key && hour.equals(((Key) other).hour) && traffic == ((Key) other).traffic
                && cause.equals(((Key) other).cause);
        }

        @Override
        public int hashCode() {
            return Objects.hash(hour, traffic, cause);
        }
    }

    /** Over an audit; begins to write. */
    public TrafficCounter(AuditStore audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
        writer.scheduleWithFixedDelay(this::tryToWrite, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One more; {@code cause} is a short name, "" for what was not refused. */
    public void count(Traffic traffic, String cause) {
        Key key = new Key(clock.instant().truncatedTo(ChronoUnit.HOURS), traffic, cause);
        // within compute, so that a key is not taken away between finding and adding
        counts.compute(key, (same, before) -> {
            LongAdder adder = before == null ? new LongAdder() : before;
            adder.increment();
            return adder;
        });
    }

    /**
     * Writes what has been counted so far.
     *
     * @throws StoreException if the database does not answer; what was not written is kept
     */
    public synchronized void write() {
        for (Key key : counts.keySet()) {
            LongAdder taken = counts.remove(key);
            boolean written = false;
            try {
                audit.count(key.hour, key.traffic, key.cause, taken.sum());
                written = true;
            } finally {
                if (!written) {
                    counts.merge(key, taken, (since, before) -> {
                        since.add(before.sum());
                        return since;
                    });
                }
            }
        }
    }

    private void tryToWrite() {
        try {
            write();
        } catch (RuntimeException e) {
            // the next round tries again; that the store is down is told by the health check and by every mail that waits for it
            LOGGER.warn("Counts of mail are not written for now: {}", e.getMessage());
        }
    }

    /** Writes what is left and stops. */
    @Override
    public void close() {
        writer.shutdown();
        tryToWrite();
    }
}
