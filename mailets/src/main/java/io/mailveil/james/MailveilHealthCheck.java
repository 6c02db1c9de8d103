package io.mailveil.james;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.healthcheck.ComponentName;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.core.healthcheck.Result;
import org.reactivestreams.Publisher;

import io.mailveil.address.KeysUnavailableException;
import io.mailveil.address.KeysetFile;
import io.mailveil.gateway.FailingMembers;
import io.mailveil.store.Database;
import io.mailveil.store.Forward;
import io.mailveil.store.KeyGuard;
import io.mailveil.store.StoreException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The health check {@code Mailveil}: unhealthy while the store does not answer, the keyset file is gone or another one, the chain is put
 * together wrongly, or mail is held (DESIGN.md section 8); degraded while mail to a member keeps coming back. {@code
 * healthcheck.properties}: {@code additional.healthchecks=io.mailveil.james.MailveilHealthCheck}.
 */
public final class MailveilHealthCheck implements HealthCheck {
    private static final ComponentName NAME = new ComponentName("Mailveil");
    private static final int MOST_NAMED = 10;

    private final Database database;
    private final Installation installation;
    private final ChainCheck chain;
    private final HeldMail held;
    private final FailingMembers failing;

    @Inject
    MailveilHealthCheck(Database database, Installation installation, ChainCheck chain, HeldMail held, FailingMembers failing) {
        this.database = database;
        this.installation = installation;
        this.chain = chain;
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

    /** The keys are in memory: that the file is gone would not be noticed before the next start. */
    private void checkKeys() {
        if (!KeysetFile.read(installation.keyset()).fingerprint().equals(installation.keys().fingerprint())) {
            throw new KeysUnavailableException("The keyset file " + installation.keyset() + " is not the one that this server was started"
                + " with. Put it back before the next start");
        }
        KeyGuard.check(database, installation.keys());
    }

    private Result look() {
        try {
            database.ping();
            checkKeys();
            List<String> problems = new ArrayList<>(chain.problems());
            long count = held.count();
            if (count > 0) {
                problems.add(count + " mails are held in " + HeldMail.REPOSITORY.asString()
                    + ". The log says why; mend the cause and reprocess the repository");
            }
            if (!problems.isEmpty()) {
                return Result.unhealthy(NAME, String.join(". ", problems));
            }
            List<Forward> forwards = failing.failing();
            return forwards.isEmpty() ? Result.healthy(NAME)
                : Result.degraded(NAME, "Mail to these members keeps coming back: " + forwards.stream().limit(MOST_NAMED)
                    .map(forward -> forward.publicAddress().address() + " to " + forward.member()).collect(Collectors.joining(", "))
                    + (forwards.size() > MOST_NAMED ? " and " + (forwards.size() - MOST_NAMED) + " more" : ""));
        } catch (StoreException | KeysUnavailableException | MessagingException e) {
            return Result.unhealthy(NAME, e.getMessage(), e);
        }
    }
}
