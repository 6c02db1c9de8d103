package io.mailveil.james;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.TimeMetric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import com.google.common.base.Suppliers;

import io.mailveil.store.Database;
import io.mailveil.store.PhantomStore;

/** What {@code /metrics} shows beside the counts of {@link Counters}: how much there is of things, and the time of the store. */
final class Gauges {
    private static final Logger LOGGER = LoggerFactory.getLogger(Gauges.class);
    /** Counting a million rows takes a while, and nobody needs it to the second. */
    private static final int MINUTES = 5;
    private static final long UNKNOWN = -1;

    private final GaugeRegistry gauges;
    private final MetricFactory metrics;
    private final Counters counters;
    private final Database database;
    private final PhantomStore phantoms;
    private final HeldMail held;

    @Inject
    Gauges(GaugeRegistry gauges, MetricFactory metrics, Counters counters, Database database, PhantomStore phantoms,
            HeldMail held) {
        this.gauges = gauges;
        this.metrics = metrics;
        this.counters = counters;
        this.database = database;
        this.phantoms = phantoms;
        this.held = held;
    }

    /** Makes them known to James. */
    void register() {
        Supplier<Long> count = Suppliers.memoizeWithExpiration(this::phantoms, MINUTES, TimeUnit.MINUTES);
        // a series that begins with its first mail would look like a hole
        counters.begin();
        gauges.register("mailveil.phantoms", count::get);
        gauges.register("mailveil.held.now", this::held);
        database.timedBy(() -> {
            TimeMetric time = metrics.timer("mailveil.store");
            return time::stopAndPublish;
        });
    }

    /** -1 while the store does not answer. */
    private long phantoms() {
        try {
            return phantoms.count();
        } catch (RuntimeException e) {
            LOGGER.debug("Phantoms cannot be counted", e);
            return UNKNOWN;
        }
    }

    private long held() {
        try {
            return held.count();
        } catch (MessagingException | RuntimeException e) {
            LOGGER.debug("Held mail cannot be counted", e);
            return UNKNOWN;
        }
    }
}
