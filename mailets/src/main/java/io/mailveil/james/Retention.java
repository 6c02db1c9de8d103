package io.mailveil.james;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.annotation.PreDestroy;
import javax.inject.Inject;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.gateway.Settings;
import io.mailveil.store.AuditAction;
import io.mailveil.store.AuditStore;
import io.mailveil.store.PhantomStore;

/**
 * Forgets phantom addresses that were not used for {@code retention.phantoms} days, and removes what is left of deleted members: shortly
 * after the start, and then once a day.
 */
final class Retention {
    private static final Logger LOGGER = LoggerFactory.getLogger(Retention.class);
    private static final Duration PERIOD = Duration.ofDays(1);
    private static final Duration DELAY = Duration.ofSeconds(5);

    private final Settings settings;
    private final PhantomStore phantoms;
    private final AuditStore audit;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "mailveil-retention");
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    Retention(Settings settings, PhantomStore phantoms, AuditStore audit) {
        this.settings = settings;
        this.phantoms = phantoms;
        this.audit = audit;
    }

    /** Begins. */
    void start() {
        executor.scheduleWithFixedDelay(() -> {
            purge();
            settings.retentionDays().ifPresent(this::forget);
        }, DELAY.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A public address or a member was deleted. */
    void purgeSoon() {
        executor.execute(this::purge);
    }

    private void purge() {
        try {
            int purged = phantoms.purge();
            if (purged > 0) {
                LOGGER.info("{} phantom addresses of deleted members are removed", purged);
            }
        } catch (RuntimeException e) {
            LOGGER.error("What is left of deleted members could not be removed; the next attempt is tomorrow", e);
        }
    }

    private void forget(int days) {
        try {
            LocalDate day = LocalDate.now(clock).minusDays(days);
            // not in one transaction: it would stop the mail of all members concerned until its end
            int forgotten = phantoms.forgetUnusedSince(day);
            if (forgotten > 0) {
                audit.add("mailveil", AuditAction.RETENTION, "", forgotten + " phantom addresses unused since " + day);
            }
            LOGGER.info("{} phantom addresses that were not used for {} days are forgotten", forgotten, days);
        } catch (RuntimeException e) {
            LOGGER.error("Unused phantom addresses could not be forgotten; the next attempt is tomorrow", e);
        }
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }
}
