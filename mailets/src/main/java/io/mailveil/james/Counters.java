package io.mailveil.james;

import javax.inject.Inject;

import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.TimeMetric;

import io.mailveil.store.Traffic;
import io.mailveil.store.TrafficCounter;

/**
 * Counts mail, for {@code /metrics} and for the audit at once: {@code counters.count(Traffic.INBOUND)} or {@code
 * counters.refused(cause)}. Never fails, never waits for the database.
 */
final class Counters {
    private static final String PREFIX = "mailveil.";

    private final MetricFactory metrics;
    private final TrafficCounter traffic;

    @Inject
    Counters(MetricFactory metrics, TrafficCounter traffic) {
        this.metrics = metrics;
        this.traffic = traffic;
    }

    /** Begins all counts at nothing. */
    void begin() {
        for (Traffic what : Traffic.values()) {
            if (what != Traffic.REFUSED) {
                metrics.generate(PREFIX + what.text());
            }
        }
    }

    /** Measures how long a message takes to be rewritten, what was there to what is to leave. */
    TimeMetric rewriting() {
        return metrics.timer(PREFIX + "rewriting");
    }

    /** One message more; not for {@link Traffic#REFUSED}, which has a cause. */
    void count(Traffic what) {
        metrics.generate(PREFIX + what.text()).increment();
        traffic.count(what, "");
    }

    /** One mail that came to a return path; {@code cause} is what it turned out to be. What nobody is told is in the audit. */
    void bounce(String cause, boolean told) {
        count(Traffic.BOUNCES);
        metrics.generate(PREFIX + Traffic.BOUNCES.text() + "." + cause).increment();
        if (!told) {
            refused("bounce-" + cause);
        }
    }

    /** One mail of a program that goes no further; {@code cause} says what it is. */
    void dropped(String cause) {
        refused("dropped-" + cause);
    }

    /** One command or message refused; {@code cause} is a short name as in {@link io.mailveil.gateway.Refusal#cause()}. */
    void refused(String cause) {
        metrics.generate(PREFIX + Traffic.REFUSED.text() + "." + cause).increment();
        traffic.count(Traffic.REFUSED, cause);
    }
}
