package io.mailveil.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;

import io.mailveil.address.ForwardId;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;

/**
 * Notices when mail to a member keeps failing, for the health check. In memory, for this node; thread-safe. Knows nothing of
 * correspondents.
 */
public final class FailingMembers {
    /** So many failures are no accident. */
    public static final int THRESHOLD = 5;
    /** Within this time. */
    public static final Duration WINDOW = Duration.ofHours(24);

    private static final int MAX_FORWARDS = 10_000;

    private final ForwardStore forwards;
    private final Clock clock;
    private final Cache<ForwardId, Failures> failures =
        CacheBuilder.newBuilder().maximumSize(MAX_FORWARDS).expireAfterWrite(WINDOW).build();

    /** Over the state of this installation. */
    public FailingMembers(ForwardStore forwards, Clock clock) {
        this.forwards = forwards;
        this.clock = clock;
    }

    /** The last failures of a forward, no more than are needed; a change of its switches begins a new count. */
    private static final class Failures {
        private final long revision;
        private final Deque<Instant> times = new ArrayDeque<>();

        private Failures(long revision) {
            this.revision = revision;
        }
    }

    /** Mail through this forward could not be delivered, for good. */
    public void record(Forward forward) {
        failures.asMap().compute(forward.id(), (id, old) -> {
            Failures known = old == null || old.revision != forward.revision() ? new Failures(forward.revision()) : old;
            synchronized (known) {
                known.times.addLast(clock.instant());
                if (known.times.size() > THRESHOLD) {
                    known.times.removeFirst();
                }
            }
            return known;
        });
    }

    /** The forwards through which mail keeps failing, as long as they are there, switched on, and as they were. */
    public List<Forward> failing() {
        List<Forward> result = new ArrayList<>();
        failures.asMap().forEach((id, known) -> {
            if (isOften(known)) {
                forwards.forward(id).filter(Forward::forwarding).filter(forward -> forward.revision() == known.revision)
                    .ifPresent(result::add);
            }
        });
        return result;
    }

    private boolean isOften(Failures known) {
        synchronized (known) {
            return known.times.size() == THRESHOLD && known.times.getFirst().isAfter(clock.instant().minus(WINDOW));
        }
    }
}
