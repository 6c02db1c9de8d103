package io.mailveil.james;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.inject.Inject;

import org.apache.james.webadmin.authentication.AuthenticationFilter;

import io.mailveil.store.AuditAction;
import io.mailveil.store.AuditStore;
import io.mailveil.store.Database;
import spark.Request;

/** Writes into the audit what an administrator does over HTTP: a change and its entry are there together, or neither is. */
final class AdministratorLog {
    private static final String NOBODY = "admin";

    private final AuditStore audit;
    private final Database database;

    @Inject
    AdministratorLog(AuditStore audit, Database database) {
        this.audit = audit;
        this.database = database;
    }

    /** Who asks: the subject of the token where WebAdmin wants one, else "admin"; and from where. */
    static String who(Request request) {
        String login = Optional.ofNullable(request.<String>attribute(AuthenticationFilter.LOGIN)).orElse(NOBODY);
        return login + " (" + request.ip() + ")";
    }

    /** Notes it; nothing that follows happens if that fails. */
    void note(Request request, AuditAction action, String subject, String detail) {
        audit.add(who(request), action, subject, detail);
    }

    /** Makes a change and notes it, in one transaction. */
    <T> T change(Request request, AuditAction action, String subject, String detail, Supplier<T> change) {
        return change(request, action, result -> subject, detail, change);
    }

    /** As above, for a change that makes its own subject. */
    <T> T change(Request request, AuditAction action, Function<T, String> subject, String detail, Supplier<T> change) {
        return database.together("changing the settings", () -> {
            T result = change.get();
            note(request, action, subject.apply(result), detail);
            return result;
        });
    }

    /** As above; {@code elsewhere} comes last, because what it does outside the database of Mailveil cannot be rolled back. */
    <T> void change(Request request, AuditAction action, String subject, String detail, Supplier<T> change, Consumer<T> elsewhere) {
        database.together("changing the settings", () -> {
            T result = change(request, action, subject, detail, change);
            elsewhere.accept(result);
            return result;
        });
    }
}
