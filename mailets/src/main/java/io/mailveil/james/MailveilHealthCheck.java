package io.mailveil.james;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.healthcheck.ComponentName;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.core.healthcheck.Result;
import org.reactivestreams.Publisher;

import io.mailveil.store.Database;
import io.mailveil.store.StoreException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The health check {@code Mailveil}: unhealthy while the store does not answer or mail is held (DESIGN.md section 8). {@code
 * healthcheck.properties}: {@code additional.healthchecks=io.mailveil.james.MailveilHealthCheck}.
 */
public final class MailveilHealthCheck implements HealthCheck {
    private static final ComponentName NAME = new ComponentName("Mailveil");

    private final Database database;
    private final HeldMail held;

    @Inject
    MailveilHealthCheck(Database database, HeldMail held) {
        this.database = database;
        this.held = held;
    }

    @Override
    public ComponentName componentName() {
        return NAME;
    }

    @Override
    public Publisher<Result> check() {
        return Mono.fromSupplier(this::look).subscribeOn(Schedulers.boundedElastic());
    }

    private Result look() {
        try {
            database.ping();
            long count = held.count();
            return count == 0 ? Result.healthy(NAME)
                : Result.unhealthy(NAME, count + " mails are held in " + HeldMail.REPOSITORY.asString()
                    + ". The log says why; mend the cause and reprocess the repository");
        } catch (StoreException | MessagingException e) {
            return Result.unhealthy(NAME, e.getMessage(), e);
        }
    }
}
