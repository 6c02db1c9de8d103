package io.mailveil.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The audit: who did what and when, one entry each; and how much mail came, went and was refused, by the hour (DESIGN.md section 9).
 *
 * <p>Entries are written at once, in the transaction of what they are about ({@link Database#together}). Counts come from {@link
 * TrafficCounter} every few seconds. Nothing here ever names a correspondent; that is up to who writes.
 */
public final class AuditStore {
    private static final int MAX_WHO = 255;
    private static final int MAX_SUBJECT = 320;
    private static final int MAX_DETAIL = 1000;
    private static final int MAX_CAUSE = 40;

    private final Database database;
    private final Clock clock;

    /** Over an open database. */
    public AuditStore(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Writes an entry.
     *
     * @param who     the administrator, or Mailveil itself
     * @param subject the public address, member or phantom it is about, "" for none
     * @param detail  what else there is to say, "" for nothing
     */
    public void add(String who, AuditAction action, String subject, String detail) {
        database.transaction("writing the audit", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO AUDIT (HAPPENED_AT, WHO, WHAT, SUBJECT, DETAIL) VALUES (?, ?, ?, ?, ?)")) {
                insert.setLong(1, clock.millis());
                insert.setString(2, cut(who, MAX_WHO));
                insert.setString(3, action.text());
                insert.setString(4, cut(subject, MAX_SUBJECT));
                insert.setString(5, cut(detail, MAX_DETAIL));
                return insert.executeUpdate();
            }
        });
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    /** Adds to the count of an hour; several nodes may do so at once. */
    void count(Instant hour, Traffic traffic, String cause, long amount) {
        boolean added = addToCount(hour, traffic, cause, amount);
        if (!added && database.insert("counting mail", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO TRAFFIC (FROM_HOUR, DIRECTION, CAUSE, AMOUNT) VALUES (?, ?, ?, ?)")) {
                insert.setLong(1, hour.toEpochMilli());
                insert.setString(2, traffic.text());
                insert.setString(3, cut(cause, MAX_CAUSE));
                insert.setLong(4, amount);
                return insert.executeUpdate();
            }
        }).isEmpty()) {
            // another node was first
            addToCount(hour, traffic, cause, amount);
        }
    }

    private boolean addToCount(Instant hour, Traffic traffic, String cause, long amount) {
        return database.transaction("counting mail", connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                "UPDATE TRAFFIC SET AMOUNT = AMOUNT + ? WHERE FROM_HOUR = ? AND DIRECTION = ? AND CAUSE = ?")) {
                update.setLong(1, amount);
                update.setLong(2, hour.toEpochMilli());
                update.setString(3, traffic.text());
                update.setString(4, cut(cause, MAX_CAUSE));
                return update.executeUpdate() > 0;
            }
        });
    }

    /** Entries and counts of refused mail, the newest first. */
    public List<AuditEntry> list(AuditQuery query, int limit) {
        return database.read("reading the audit", connection -> {
            List<AuditEntry> result = new ArrayList<>();
            if (query.action().filter(AuditAction.MAIL_REFUSED::equals).isEmpty()) {
                try (PreparedStatement select = connection.prepareStatement(entriesSql(query, limit))) {
                    setEntryArguments(select, query);
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            result.add(entry(rows));
                        }
                    }
                }
            }
            if (query.action().filter(action -> action != AuditAction.MAIL_REFUSED).isEmpty() && query.subject().isEmpty()) {
                try (PreparedStatement select = connection.prepareStatement(countsSql(query, limit))) {
                    setCountArguments(select, query);
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            result.add(count(rows));
                        }
                    }
                }
            }
            // stable: entries before counts, both in their own order
            result.sort(Comparator.comparing(AuditEntry::time).reversed());
            return List.copyOf(result.subList(0, Math.min(limit, result.size())));
        });
    }

    private static String entriesSql(AuditQuery query, int limit) {
        StringBuilder sql = new StringBuilder("SELECT ID, HAPPENED_AT, WHO, WHAT, SUBJECT, DETAIL FROM AUDIT"
            + " WHERE HAPPENED_AT >= ? AND HAPPENED_AT < ?");
        query.after().ifPresent(after -> sql.append(after.entry.isPresent()
            ? " AND (HAPPENED_AT < ? OR HAPPENED_AT = ? AND ID < ?)" : " AND HAPPENED_AT < ?"));
        query.action().ifPresent(action -> sql.append(" AND WHAT = ?"));
        query.subject().ifPresent(subject -> sql.append(" AND SUBJECT = ?"));
        return sql.append(" ORDER BY HAPPENED_AT DESC, ID DESC FETCH FIRST ").append(limit).append(" ROWS ONLY").toString();
    }

    private static void setEntryArguments(PreparedStatement select, AuditQuery query) throws SQLException {
        int i = 1;
        select.setLong(i++, query.from());
        select.setLong(i++, query.to());
        if (query.after().isPresent()) {
            select.setLong(i++, query.after().get().time);
            if (query.after().get().entry.isPresent()) {
                select.setLong(i++, query.after().get().time);
                select.setLong(i++, query.after().get().entry.get());
            }
        }
        if (query.action().isPresent()) {
            select.setString(i++, query.action().get().text());
        }
        if (query.subject().isPresent()) {
            select.setString(i, query.subject().get());
        }
    }

    private static String countsSql(AuditQuery query, int limit) {
        StringBuilder sql = new StringBuilder("SELECT FROM_HOUR, CAUSE, AMOUNT FROM TRAFFIC"
            + " WHERE DIRECTION = ? AND FROM_HOUR >= ? AND FROM_HOUR < ?");
        query.after().ifPresent(after -> sql.append(after.entry.isPresent()
            ? " AND FROM_HOUR <= ?" : " AND (FROM_HOUR < ? OR FROM_HOUR = ? AND CAUSE > ?)"));
        return sql.append(" ORDER BY FROM_HOUR DESC, CAUSE FETCH FIRST ").append(limit).append(" ROWS ONLY").toString();
    }

    private static void setCountArguments(PreparedStatement select, AuditQuery query) throws SQLException {
        select.setString(1, Traffic.REFUSED.text());
        select.setLong(2, query.from());
        select.setLong(3, query.to());
        if (query.after().isPresent()) {
            select.setLong(4, query.after().get().time);
            if (query.after().get().entry.isEmpty()) {
                select.setLong(5, query.after().get().time);
                select.setString(6, query.after().get().cause);
            }
        }
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        long time = row.getLong("HAPPENED_AT");
        AuditAction action = AuditAction.of(row.getString("WHAT"))
            .orElseThrow(() -> new SQLException("the audit has an entry of a newer version"));
        return new AuditEntry(AuditQuery.Position.ofEntry(time, row.getLong("ID")), Instant.ofEpochMilli(time), row.getString("WHO"),
            action, row.getString("SUBJECT"), row.getString("DETAIL"), 1);
    }

    private static AuditEntry count(ResultSet row) throws SQLException {
        long time = row.getLong("FROM_HOUR");
        String cause = row.getString("CAUSE");
        return new AuditEntry(AuditQuery.Position.ofCount(time, cause), Instant.ofEpochMilli(time), "", AuditAction.MAIL_REFUSED, "",
            cause, row.getLong("AMOUNT"));
    }

    /** All traffic since then, hours without any included, the oldest first; the hour that is under way is the last. */
    public List<TrafficHour> traffic(int hours) {
        Instant last = clock.instant().truncatedTo(ChronoUnit.HOURS);
        Instant first = last.minus(hours - 1L, ChronoUnit.HOURS);
        Map<Instant, Map<Traffic, Long>> amounts = new TreeMap<>();
        Map<Instant, Map<String, Long>> refused = new TreeMap<>();
        for (Instant hour = first; !hour.isAfter(last); hour = hour.plus(1, ChronoUnit.HOURS)) {
            amounts.put(hour, new EnumMap<>(Traffic.class));
            refused.put(hour, new TreeMap<>());
        }
        database.read("reading the traffic", connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                "SELECT FROM_HOUR, DIRECTION, CAUSE, AMOUNT FROM TRAFFIC WHERE FROM_HOUR >= ? AND FROM_HOUR <= ?")) {
                select.setLong(1, first.toEpochMilli());
                select.setLong(2, last.toEpochMilli());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        Instant hour = Instant.ofEpochMilli(rows.getLong(1));
                        String cause = rows.getString(3);
                        long amount = rows.getLong(4);
                        traffic(rows.getString(2)).ifPresent(traffic -> amounts.get(hour).merge(traffic, amount, Long::sum));
                        if (rows.getString(2).equals(Traffic.REFUSED.text())) {
                            refused.get(hour).put(cause, amount);
                        }
                    }
                    return true;
                }
            }
        });
        List<TrafficHour> result = new ArrayList<>();
        amounts.forEach((hour, amount) -> result.add(new TrafficHour(hour, amount, refused.get(hour))));
        return result;
    }

    private static Optional<Traffic> traffic(String text) {
        for (Traffic traffic : Traffic.values()) {
            if (traffic.text().equals(text)) {
                return Optional.of(traffic);
            }
        }
        return Optional.empty();
    }

    /**
     * Deletes what is older than that, entries and counts, and notes that it did.
     *
     * @return how many entries and counts
     */
    public int prune(String who, Instant before) {
        return database.together("pruning the audit", () -> {
            int deleted = database.transaction("pruning the audit", connection -> {
                try (PreparedStatement entries = connection.prepareStatement("DELETE FROM AUDIT WHERE HAPPENED_AT < ?");
                     PreparedStatement counts = connection.prepareStatement("DELETE FROM TRAFFIC WHERE FROM_HOUR < ?")) {
                    entries.setLong(1, before.toEpochMilli());
                    counts.setLong(1, before.toEpochMilli());
                    return entries.executeUpdate() + counts.executeUpdate();
                }
            });
            add(who, AuditAction.AUDIT_PRUNE, "", "entries before " + before + ": " + deleted);
            return deleted;
        });
    }
}
