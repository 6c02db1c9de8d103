package io.mailveil.james;

import java.util.List;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.healthcheck.ComponentName;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.core.healthcheck.Result;
import org.reactivestreams.Publisher;

import io.mailveil.gateway.FailingMembers;
import io.mailveil.store.Database;
import io.mailveil.store.Forward;
import io.mailveil.store.StoreException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The health check {@code Mailveil}: unhealthy while the store does not answer or mail is held (DESIGN.md section 8), degraded while
 * mail to a member keeps coming back. {@code healthcheck.properties}:
 * {@code additional.healthchecks=io.mailveil.james.MailveilHealthCheck}.
 */
public final class MailveilHealthCheck implements HealthCheck {
    private static final ComponentName NAME = new ComponentName("Mailveil");
    private static final int MOST_NAMED = 10;

    private final Database database;
    private final HeldMail held;
    private final FailingMembers failing;

    @Inject
    MailveilHealthCheck(Database database, HeldMail held, FailingMembers failing) {
        this.database = database;
        this.held = held;
        this.failing = failing;
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
            if (count > 0) {
                return Result.unhealthy(NAME, count + " mails are held in " + HeldMail.REPOSITORY.asString()
                    + ". The log says why; mend the cause and reprocess the repository");
            }
            List<Forward> forwards = failing.failing();
            return forwards.isEmpty() ? Result.healthy(NAME)
                : Result.degraded(NAME, "Mail to these members keeps coming back: " + forwards.stream().limit(MOST_NAMED)
                    .map(forward -> forward.publicAddress().address() + " to " + forward.member()).collect(Collectors.joining(", "))
                    + (forwards.size() > MOST_NAMED ? " and " + (forwards.size() - MOST_NAMED) + " more" : ""));
        } catch (StoreException | MessagingException e) {
            return Result.unhealthy(NAME, e.getMessage(), e);
        }
    }
}
