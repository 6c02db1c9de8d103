package io.mailveil.store;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which entries of the audit to read. */
public final class AuditQuery {
    /** Everything, from the newest on. */
    public static final AuditQuery ALL = new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty());

    private final Optional<Instant> since;
    private final Optional<Instant> until;
    private final Optional<AuditAction> action;
    private final Optional<String> subject;
    private final Optional<Position> after;

    private AuditQuery(Optional<Instant> since, Optional<Instant> until, Optional<AuditAction> action, Optional<String> subject,
            Optional<Position> after) {
        this.since = since;
        this.until = until;
        this.action = action;
        this.subject = subject;
        this.after = after;
    }

    /** A place in the order of the audit: the newest first; at the same moment what somebody did, then what was counted. */
    static final class Position {
        private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,15})-(?:a([0-9]{1,18})|c([a-z0-9-]{0,40}))");

        final long time;
        final Optional<Long> entry;
        final String cause;

        private Position(long time, Optional<Long> entry, String cause) {
            this.time = time;
            this.entry = entry;
            this.cause = cause;
        }

        static String ofEntry(long time, long entry) {
            return time + "-a" + entry;
        }

        static String ofCount(long time, String cause) {
            return time + "-c" + cause;
        }

        private static Position of(String id) {
            Matcher matcher = SYNTAX.matcher(id);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("not the id of an entry of the audit");
            }
            return new Position(Long.parseLong(matcher.group(1)), Optional.ofNullable(matcher.group(2)).map(Long::valueOf),
                matcher.group(3) == null ? "" : matcher.group(3));
        }
    }

    /** Only what happened at this moment or later. */
    public AuditQuery since(Instant moment) {
        return new AuditQuery(Optional.of(moment), until, action, subject, after);
    }

    /** Only what happened before this moment. */
    public AuditQuery until(Instant moment) {
        return new AuditQuery(since, Optional.of(moment), action, subject, after);
    }

    /** Only this. */
    public AuditQuery action(AuditAction only) {
        return new AuditQuery(since, until, Optional.of(only), subject, after);
    }

    /** Only what was done to this address. */
    public AuditQuery subject(String address) {
        return new AuditQuery(since, until, action, Optional.of(address), after);
    }

    /**
     * Only what comes after the entry with this id.
     *
     * @throws IllegalArgumentException if it is no id
     */
    public AuditQuery after(String id) {
        return new AuditQuery(since, until, action, subject, Optional.of(Position.of(id)));
    }

    long from() {
        return since.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
    }

    long to() {
        return until.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    Optional<AuditAction> action() {
        return action;
    }

    Optional<String> subject() {
        return subject;
    }

    Optional<Position> after() {
        return after;
    }
}
