package io.mailveil.store;

import java.time.Instant;

/** One line of the audit: somebody did something, or so much mail was refused for one cause within the hour that began then. */
public final class AuditEntry {
    private final String id;
    private final Instant time;
    private final String who;
    private final AuditAction action;
    private final String subject;
    private final String detail;
    private final long count;

    AuditEntry(String id, Instant time, String who, AuditAction action, String subject, String detail, long count) {
        this.id = id;
        this.time = time;
        this.who = who;
        this.action = action;
        this.subject = subject;
        this.detail = detail;
        this.count = count;
    }

    /** Where to go on reading after this entry. */
    public String id() {
        return id;
    }

    /** When. */
    public Instant time() {
        return time;
    }

    /** The administrator, or Mailveil itself. */
    public String who() {
        return who;
    }

    /** What. */
    public AuditAction action() {
        return action;
    }

    /** The public address, member or phantom it was done to; "" for none. Never a correspondent. */
    public String subject() {
        return subject;
    }

    /** What else there is to say, "" for nothing; the cause of a refusal. Never a correspondent. */
    public String detail() {
        return detail;
    }

    /** How many mails were refused; 1 for everything else. */
    public long count() {
        return count;
    }
}
