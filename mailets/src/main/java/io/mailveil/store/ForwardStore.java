package io.mailveil.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;

import com.google.common.collect.ListMultimap;
import com.google.common.collect.Lists;
import com.google.common.collect.MultimapBuilder;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;

/**
 * Public addresses and the forwards behind them.
 *
 * <p>Every change of a setting raises the revision of the forwards it concerns, in its own transaction and under an
 * exclusive lock on their rows. {@link #handOver} lets a message go under a shared lock on the row of its forward and only at
 * the revision that was decided on. So whatever is handed over after a change has returned obeys the change, on every
 * node that shares the database.
 */
public final class ForwardStore {
    /** What {@link #forward(ResultSet)} reads, of a FORWARD F and its PUBLIC_ADDRESS P. */
    static final String COLUMNS = "F.ID, F.MEMBER_SPELLING, F.FORWARDING, F.ANONYMIZE, F.REPLIES, F.REVISION,"
        + " CASE WHEN EXISTS (SELECT B.PERSON FROM BLOCKED_CORRESPONDENT B WHERE B.FORWARD_ID = F.ID) THEN TRUE ELSE FALSE END AS BLOCKING,"
        + " P.ADDRESS, P.DISPLAY_NAME, P.ROUTE_ID ";

    /** With AGE, by which {@link #oldestFirst} sorts: Derby makes a sorter for ORDER BY, however few there are. */
    private static final String SELECT_WITH_AGE = "SELECT F.AGE, " + COLUMNS;
    private static final String FORWARDS = SELECT_WITH_AGE + "FROM FORWARD F JOIN PUBLIC_ADDRESS P ON P.ADDRESS = F.PUBLIC_ADDRESS ";
    /** Takes a forward out of sight, and forgets whose it was. */
    private static final String DETACH =
        "UPDATE FORWARD SET PUBLIC_ADDRESS = NULL, MEMBER = ID, MEMBER_SPELLING = ID, REVISION = REVISION + 1 ";
    private static final String PUBLIC_ADDRESS_COLUMNS = "SELECT P.ADDRESS, P.DISPLAY_NAME, P.ROUTE_ID FROM PUBLIC_ADDRESS P ";

    /** As many question marks as any database takes without a murmur. */
    private static final int MAX_IN_LIST = 100;

    private final Database database;
    private final Clock clock;

    /** Over an open database. */
    public ForwardStore(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** All public addresses, in alphabetical order. */
    public List<PublicAddress> publicAddresses() {
        return database.read("listing public addresses", connection -> {
            try (PreparedStatement select = connection.prepareStatement(PUBLIC_ADDRESS_COLUMNS + "ORDER BY P.ADDRESS");
                 ResultSet rows = select.executeQuery()) {
                List<PublicAddress> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(publicAddress(rows));
                }
                return result;
            }
        });
    }

    /** Whether any public address is in this domain. */
    public boolean hasPublicAddressIn(String domain) {
        return database.read("looking for public addresses of a domain", connection -> {
            // a domain has no wildcards of LIKE but the underscore, which finds at worst a domain that is none
            try (PreparedStatement select = prepare(connection,
                    "SELECT P.ADDRESS FROM PUBLIC_ADDRESS P WHERE P.ADDRESS LIKE ? FETCH FIRST 1 ROWS ONLY", "%@" + domain);
                 ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        });
    }

    /** The public address with this address, if it is one. */
    public Optional<PublicAddress> publicAddress(EmailAddress address) {
        return database.read("looking up a public address", connection -> publicAddress(connection, address));
    }

    /** Those of the addresses that are public addresses. */
    public Set<EmailAddress> publicAmong(Collection<EmailAddress> addresses) {
        Set<EmailAddress> result = new HashSet<>();
        for (List<EmailAddress> some : Lists.partition(List.copyOf(addresses), MAX_IN_LIST)) {
            String sql = PUBLIC_ADDRESS_COLUMNS + "WHERE P.ADDRESS IN (" + marks(some.size()) + ")";
            database.read("looking up public addresses", connection -> {
                try (PreparedStatement select = prepare(connection, sql, canonical(some)); ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        result.add(publicAddress(rows).address());
                    }
                    return result;
                }
            });
        }
        return result;
    }

    /** The forwards in which any of these addresses is the member, oldest first. */
    public List<Forward> forwardsToAny(Collection<EmailAddress> members) {
        List<Forward> result = new ArrayList<>();
        for (List<EmailAddress> some : Lists.partition(List.copyOf(members), MAX_IN_LIST)) {
            result.addAll(forwards("listing the addresses of members",
                "WHERE F.MEMBER IN (" + marks(some.size()) + ")", canonical(some)));
        }
        return result;
    }

    private static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    private static String[] canonical(List<EmailAddress> addresses) {
        return addresses.stream().map(EmailAddress::canonical).toArray(String[]::new);
    }

    /** Whether this is a public address. */
    public boolean isPublic(EmailAddress address) {
        return publicAddress(address).isPresent();
    }

    /** Creates the address if it is missing; sets the display name if one is given ("" takes it away). */
    public PublicAddress putPublicAddress(EmailAddress address, Optional<String> displayName) {
        Optional<PublicAddress> created = publicAddress(address).isPresent() ? Optional.empty()
            : database.insert("creating a public address", connection -> {
                try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO PUBLIC_ADDRESS (ADDRESS, DISPLAY_NAME, ROUTE_ID, CREATED_AT) VALUES (?, ?, ?, ?)")) {
                    insert.setString(1, address.canonical());
                    insert.setString(2, displayName.filter(name -> !name.isEmpty()).orElse(null));
                    insert.setString(3, ForwardId.random().toString());
                    setMoment(insert, 4, clock.instant());
                    insert.executeUpdate();
                }
                return publicAddress(connection, address).orElseThrow();
            });
        return created.orElseGet(() -> database.transaction("changing a public address", connection -> {
            if (displayName.isPresent()) {
                try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE PUBLIC_ADDRESS SET DISPLAY_NAME = ? WHERE ADDRESS = ?")) {
                    update.setString(1, displayName.filter(name -> !name.isEmpty()).orElse(null));
                    update.setString(2, address.canonical());
                    update.executeUpdate();
                }
            }
            return publicAddress(connection, address).orElseThrow(() -> new SQLException("deleted meanwhile"));
        }));
    }

    /**
     * Deletes the address with its forwards and their phantoms, which are not found any more; tells whether it was there. The rows of the
     * phantoms stay until {@link PhantomStore#purge}.
     */
    public boolean deletePublicAddress(EmailAddress address) {
        return database.transaction("deleting a public address", connection -> {
            execute(connection, DETACH + "WHERE PUBLIC_ADDRESS = ?", address.canonical());
            return execute(connection, "DELETE FROM PUBLIC_ADDRESS WHERE ADDRESS = ?", address.canonical()) > 0;
        });
    }

    /** The forwards of a public address, oldest first. */
    public List<Forward> forwardsOf(EmailAddress publicAddress) {
        return forwardsIfPublic(publicAddress).orElse(List.of());
    }

    /** As {@link #forwardsOf}; empty if the address is not a public address. */
    public Optional<List<Forward>> forwardsIfPublic(EmailAddress address) {
        return database.read("looking up a public address with its members", connection -> {
            try (PreparedStatement select = prepare(connection, SELECT_WITH_AGE + "FROM PUBLIC_ADDRESS P LEFT JOIN FORWARD F ON"
                    + " F.PUBLIC_ADDRESS = P.ADDRESS WHERE P.ADDRESS = ?", address.canonical());
                 ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(oldestFirst(rows)) : Optional.empty();
            }
        });
    }

    /** The forward P → M, if there is one. */
    public Optional<Forward> forward(EmailAddress publicAddress, EmailAddress member) {
        return forwards("looking up a member", "WHERE F.PUBLIC_ADDRESS = ? AND F.MEMBER = ?",
            publicAddress.canonical(), member.canonical()).stream().findFirst();
    }

    /** The forward with this id, if it is still there. */
    public Optional<Forward> forward(ForwardId id) {
        return forwards("looking up a forward", "WHERE F.ID = ?", id.toString()).stream().findFirst();
    }

    /** Creates the forward if it is missing and sets the switches that are named; empty if P is not a public address. */
    public Optional<Forward> putForward(EmailAddress publicAddress, EmailAddress member, Switches switches) {
        if (!isPublic(publicAddress)) {
            return Optional.empty();
        }
        Optional<Forward> changed = changeForward(publicAddress, member, switches);
        if (changed.isPresent()) {
            return changed;
        }
        return database.insert("adding a member", connection -> {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO FORWARD (ID, PUBLIC_ADDRESS, MEMBER,"
                + " MEMBER_SPELLING, FORWARDING, ANONYMIZE, REPLIES, REVISION, CREATED_AT) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)")) {
                insert.setString(1, ForwardId.random().toString());
                insert.setString(2, publicAddress.canonical());
                insert.setString(3, member.canonical());
                insert.setString(4, member.toString());
                insert.setBoolean(5, switches.forwarding().orElse(true));
                insert.setBoolean(6, switches.anonymize().orElse(true));
                insert.setBoolean(7, switches.replies().orElse(true));
                setMoment(insert, 8, clock.instant());
                insert.executeUpdate();
            }
            return forward(connection, publicAddress, member);
        }).orElseGet(() -> changeForward(publicAddress, member, switches));
    }

    /** Sets the switches that are named; empty if there is no such forward. */
    public Optional<Forward> changeForward(EmailAddress publicAddress, EmailAddress member, Switches switches) {
        return database.transaction("changing the switches of a member", connection -> {
            try (PreparedStatement update = connection.prepareStatement("UPDATE FORWARD SET REVISION = REVISION + 1,"
                + " FORWARDING = COALESCE(CAST(? AS BOOLEAN), FORWARDING), ANONYMIZE = COALESCE(CAST(? AS BOOLEAN), ANONYMIZE),"
                + " REPLIES = COALESCE(CAST(? AS BOOLEAN), REPLIES) WHERE PUBLIC_ADDRESS = ? AND MEMBER = ?")) {
                update.setObject(1, switches.forwarding().orElse(null), Types.BOOLEAN);
                update.setObject(2, switches.anonymize().orElse(null), Types.BOOLEAN);
                update.setObject(3, switches.replies().orElse(null), Types.BOOLEAN);
                update.setString(4, publicAddress.canonical());
                update.setString(5, member.canonical());
                return update.executeUpdate() == 0 ? Optional.empty() : forward(connection, publicAddress, member);
            }
        });
    }

    /**
     * Deletes the forward with its phantoms, which are not found any more; tells whether it was there. Their rows stay until {@link
     * PhantomStore#purge}.
     */
    public boolean deleteForward(EmailAddress publicAddress, EmailAddress member) {
        return database.transaction("removing a member", connection -> execute(connection,
            DETACH + "WHERE PUBLIC_ADDRESS = ? AND MEMBER = ?", publicAddress.canonical(), member.canonical()) > 0);
    }

    /**
     * Runs {@code action} if nothing that concerns the forward was changed since it was read, and keeps it from being
     * changed until {@code action} is through. The action must be short and must not use the store.
     *
     * @return false, without running the action, if the forward was changed or deleted
     * @throws X what the action throws
     */
    public <X extends Exception> boolean handOver(Forward forward, Action<X> action) throws X {
        Attempt<X> attempt = new Attempt<>(action);
        boolean unchanged = handOver(forward, attempt);
        attempt.rethrow();
        return unchanged;
    }

    private boolean handOver(Forward forward, Attempt<?> attempt) {
        try {
            return database.transactionOnce("handing a message over", connection -> {
                try (PreparedStatement select = connection.prepareStatement(
                    "SELECT REVISION" + database.dialect().nothingToKeep() + " FROM FORWARD WHERE ID = ? "
                        + database.dialect().sharedLock())) {
                    select.setString(1, forward.id().toString());
                    try (ResultSet rows = select.executeQuery()) {
                        boolean same = rows.next() && rows.getLong(1) == forward.revision();
                        if (same) {
                            attempt.run();
                        }
                        return same;
                    }
                }
            });
        } catch (StoreException e) {
            if (attempt.hasRun) {
                // the database went away after the decision was confirmed: there was nothing to commit, and the message is gone
                return true;
            }
            throw e;
        }
    }

    /** What {@link #handOver} runs. */
    @FunctionalInterface
    public interface Action<X extends Exception> {
        /** Lets the message go. */
        void run() throws X;
    }

    /** Carries an exception of the action past the transaction, which it does not concern. */
    private static final class Attempt<X extends Exception> {
        private final Action<X> action;
        private Exception failure;
        private boolean hasRun;

        private Attempt(Action<X> action) {
            this.action = action;
        }

        private void run() {
            hasRun = true;
            try {
                action.run();
            } catch (Exception e) {
                failure = e;
            }
        }

        @SuppressWarnings("unchecked")
        private void rethrow() throws X {
            if (failure instanceof RuntimeException) {
                throw (RuntimeException) failure;
            }
            if (failure != null) {
                throw (X) failure;
            }
        }
    }

    /** Raises the revision of a forward and keeps its row locked until the transaction ends. */
    static void lock(Connection connection, ForwardId forward) throws SQLException {
        execute(connection, "UPDATE FORWARD SET REVISION = REVISION + 1 WHERE ID = ?", forward.toString());
    }

    private List<Forward> forwards(String what, String where, String... arguments) {
        return database.read(what, connection -> forwards(connection, where, arguments));
    }

    private static Optional<Forward> forward(Connection connection, EmailAddress publicAddress, EmailAddress member) throws SQLException {
        return forwards(connection, "WHERE F.PUBLIC_ADDRESS = ? AND F.MEMBER = ?", publicAddress.canonical(), member.canonical())
            .stream().findFirst();
    }

    private static List<Forward> forwards(Connection connection, String where, String... arguments) throws SQLException {
        try (PreparedStatement select = prepare(connection, FORWARDS + where, arguments);
             ResultSet rows = select.executeQuery()) {
            return rows.next() ? oldestFirst(rows) : List.of();
        }
    }

    /** The forwards of this row and all after it, each with its AGE; a row may be of a public address without any. */
    private static List<Forward> oldestFirst(ResultSet rows) throws SQLException {
        ListMultimap<Long, Forward> byAge = MultimapBuilder.treeKeys().arrayListValues().build();
        do {
            if (rows.getString("ID") != null) {
                byAge.put(rows.getLong("AGE"), forward(rows));
            }
        } while (rows.next());
        return List.copyOf(byAge.values());
    }

    private static Optional<PublicAddress> publicAddress(Connection connection, EmailAddress address) throws SQLException {
        try (PreparedStatement select = prepare(connection, PUBLIC_ADDRESS_COLUMNS + "WHERE P.ADDRESS = ?", address.canonical());
             ResultSet rows = select.executeQuery()) {
            return rows.next() ? Optional.of(publicAddress(rows)) : Optional.empty();
        }
    }

    static int execute(Connection connection, String sql, String... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    static PreparedStatement prepare(Connection connection, String sql, String... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setString(i + 1, arguments[i]);
        }
        return statement;
    }

    private static PublicAddress publicAddress(ResultSet row) throws SQLException {
        return new PublicAddress(EmailAddress.of(row.getString("ADDRESS")), Optional.ofNullable(row.getString("DISPLAY_NAME")),
            row.getString("ROUTE_ID"));
    }

    /** The forward of the current row, which must have the {@link #COLUMNS}. */
    static Forward forward(ResultSet row) throws SQLException {
        return new Forward(ForwardId.of(row.getString("ID")), publicAddress(row), EmailAddress.of(row.getString("MEMBER_SPELLING")),
            row.getBoolean("FORWARDING"), row.getBoolean("ANONYMIZE"), row.getBoolean("REPLIES"), row.getBoolean("BLOCKING"),
            row.getLong("REVISION"));
    }

    /** For a column of type TIMESTAMP, which means UTC here: nodes may be in different time zones. */
    static void setMoment(PreparedStatement statement, int index, Instant moment) throws SQLException {
        statement.setTimestamp(index, Timestamp.from(moment), utc());
    }

    /** What {@link #setMoment} wrote. */
    static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column, utc()).toInstant();
    }

    private static Calendar utc() {
        return Calendar.getInstance(TimeZone.getTimeZone("UTC"));
    }
}
