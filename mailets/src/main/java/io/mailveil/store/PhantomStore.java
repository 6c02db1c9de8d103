package io.mailveil.store;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

import com.google.common.collect.ObjectArrays;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;

/**
 * The phantom addresses: made on first contact, found again by themselves, retired for good.
 *
 * <p>The address is the key of its row, so there is no second index over persons, and two nodes that meet the same person at
 * once meet in the same row. A deleted phantom leaves an empty row behind that keeps the address from coming back.
 */
public final class PhantomStore {
    private static final String COLUMNS = "SELECT X.LOCAL_PART, X.DOMAIN, X.CLASS, X.CORRESPONDENT, X.CREATED_AT, X.LAST_USED, "
        + ForwardStore.COLUMNS
        + "FROM PHANTOM X JOIN FORWARD F ON F.ID = X.FORWARD_ID JOIN PUBLIC_ADDRESS P ON P.ADDRESS = F.PUBLIC_ADDRESS ";

    private static final int SCAN_PAGE = 1000;
    /** Derby locks the whole table for whoever holds 5,000 rows. */
    private static final int DELETED_AT_ONCE = 500;

    private final Database database;
    private final Phantoms phantoms;
    private final Seal seal;
    private final Optional<String> phantomDomain;
    private final Clock clock;
    private Consumer<ForwardId> listener = forward -> { };

    /**
     * Over an open database.
     *
     * @param phantomDomain the domain of phantoms that are made from now on; empty for that of their public address
     */
    public PhantomStore(Database database, Phantoms phantoms, Seal seal, Optional<String> phantomDomain, Clock clock) {
        this.database = database;
        this.phantoms = phantoms;
        this.seal = seal;
        this.phantomDomain = phantomDomain;
        this.clock = clock;
    }

    /** From now on this is told the forward of every phantom that is made here. To be set before the first is made. */
    public void whenMade(Consumer<ForwardId> whom) {
        listener = whom;
    }

    /** Whether this person never had a phantom of this kind at the forward. */
    public boolean isNew(Forward forward, PhantomClass kind, EmailAddress person) {
        return row(phantoms.localPart(forward.id(), 0, kind, person)).isEmpty();
    }

    /** The phantom that stands for this person towards the member of the forward; made if there is none yet. */
    public Phantom findOrCreate(Forward forward, PhantomClass kind, Correspondent person) {
        return findOrCreate(forward, kind, person, counter -> phantoms.localPart(forward.id(), counter, kind, person.address()));
    }

    /** The phantom for a person whom a message from {@code namedBy} mentioned; made if there is none yet. */
    public Phantom findOrCreateNamed(Forward forward, EmailAddress namedBy, Correspondent person) {
        return findOrCreate(forward, PhantomClass.NAMED, person,
            counter -> phantoms.namedLocalPart(forward.id(), counter, namedBy, person.address()));
    }

    private Phantom findOrCreate(Forward forward, PhantomClass kind, Correspondent person, IntFunction<String> localPart) {
        for (int counter = 0;; counter++) {
            String candidate = localPart.apply(counter);
            Row row = row(candidate).orElseGet(() -> insert(forward, kind, person, candidate));
            if (!row.retired) {
                return row.phantom;
            }
        }
    }

    private Row insert(Forward forward, PhantomClass kind, Correspondent person, String localPart) {
        Optional<Row> made = database.insert("making a phantom address", connection -> {
            KeyGuard.check(connection, phantoms.keys());
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO PHANTOM (LOCAL_PART, FORWARD_ID, DOMAIN, CLASS,"
                + " CORRESPONDENT, RETIRED, CREATED_AT, LAST_USED) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
                insert.setString(1, localPart);
                insert.setString(2, forward.id().toString());
                insert.setString(3, phantomDomain.orElse(forward.publicAddress().address().domain()));
                insert.setString(4, kind.name());
                insert.setBytes(5, seal.seal(person, forward.id(), localPart));
                insert.setBoolean(6, false);
                ForwardStore.setMoment(insert, 7, clock.instant());
                insert.setDate(8, Date.valueOf(today()));
                insert.executeUpdate();
            }
            return row(connection, localPart).orElseThrow(() -> new SQLException("the forward was deleted meanwhile"));
        });
        made.ifPresent(row -> listener.accept(forward.id()));
        return made.orElseGet(() -> row(localPart).orElseThrow(() ->
            new StoreException("The database failed: a phantom address was deleted while it was being made", null)));
    }

    /** The phantom with this address; empty if it was never made, was deleted, or its forward was. */
    public Optional<Phantom> find(EmailAddress address) {
        return phantoms.recognise(address.localPart()).flatMap(this::find)
            .filter(phantom -> phantom.address().domain().equals(address.domain()));
    }

    /** As {@link #find(EmailAddress)}, from the local part alone (as return paths carry it). */
    public Optional<Phantom> find(String localPart) {
        return row(localPart).filter(row -> !row.retired).map(row -> row.phantom);
    }

    /** Whether the local part is one that we made at some time, for whatever forward; asks no database. */
    public boolean hasForm(EmailAddress address) {
        return phantoms.recognise(address.localPart()).isPresent();
    }

    /** Notes that a message goes to or from the phantom today; writes at most once a day. */
    public void touch(Phantom phantom) {
        if (phantom.lastUsed().isBefore(today())) {
            database.transaction("noting the use of a phantom address", connection -> {
                try (PreparedStatement update = connection.prepareStatement("UPDATE PHANTOM SET LAST_USED = ? WHERE LOCAL_PART = ?")) {
                    update.setDate(1, Date.valueOf(today()));
                    update.setString(2, phantom.address().localPart());
                    return update.executeUpdate();
                }
            });
        }
    }

    /** Gives the person behind the phantom a name; tells whether the phantom was there. */
    public boolean rename(EmailAddress address, String name) {
        return find(address).map(phantom -> database.transaction("naming a correspondent", connection -> {
            Correspondent named = new Correspondent(phantom.correspondent().address(), name);
            try (PreparedStatement update = connection.prepareStatement("UPDATE PHANTOM SET CORRESPONDENT = ? WHERE LOCAL_PART = ?")) {
                update.setBytes(1, seal.seal(named, phantom.forward().id(), phantom.address().localPart()));
                update.setString(2, phantom.address().localPart());
                return update.executeUpdate() > 0;
            }
        })).orElse(false);
    }

    /** Retires the phantom for good and forgets whom it stood for; tells whether it was there. */
    public boolean delete(EmailAddress address) {
        return find(address).map(phantom -> database.transaction("deleting a phantom address", connection -> {
            ForwardStore.lock(connection, phantom.forward().id());
            return ForwardStore.execute(connection, "UPDATE PHANTOM SET RETIRED = TRUE, CORRESPONDENT = NULL WHERE LOCAL_PART = ?",
                phantom.address().localPart()) > 0;
        })).orElse(false);
    }

    /** Blocks or unblocks the person behind the phantom, whatever the class; tells whether the phantom was there. */
    public boolean block(EmailAddress address, boolean blocked) {
        Optional<Phantom> found = find(address);
        found.ifPresent(phantom -> {
            ForwardId forward = phantom.forward().id();
            String person = phantoms.person(forward, phantom.correspondent().address());
            database.transaction("blocking a correspondent", connection -> {
                ForwardStore.lock(connection, forward);
                ForwardStore.execute(connection, "DELETE FROM BLOCKED_CORRESPONDENT WHERE FORWARD_ID = ? AND PERSON = ?",
                    forward.toString(), person);
                if (blocked) {
                    ForwardStore.execute(connection, "INSERT INTO BLOCKED_CORRESPONDENT (FORWARD_ID, PERSON) VALUES (?, ?)",
                        forward.toString(), person);
                }
                return true;
            });
        });
        return found.isPresent();
    }

    /** Those of the forwards for which this person is blocked; asks no database if they block nobody. */
    public Set<ForwardId> blockedFor(Collection<Forward> forwards, EmailAddress person) {
        List<ForwardId> blocking = forwards.stream().filter(Forward::blocking).map(Forward::id).collect(Collectors.toList());
        if (blocking.isEmpty()) {
            return Set.of();
        }
        return database.read("looking up blocked correspondents", connection -> {
            Set<ForwardId> result = new HashSet<>();
            for (ForwardId forward : blocking) {
                if (isBlocked(connection, forward, person)) {
                    result.add(forward);
                }
            }
            return result;
        });
    }

    /**
     * Phantoms in the order of their addresses.
     *
     * @param limit at most this many
     * @param after the local part after which to go on, "" for the beginning
     */
    public List<Phantom> list(Optional<EmailAddress> publicAddress, Optional<EmailAddress> member, int limit, String after) {
        List<String> arguments = new ArrayList<>(List.of(after));
        StringBuilder where = new StringBuilder("WHERE X.RETIRED = FALSE AND X.LOCAL_PART > ?");
        publicAddress.ifPresent(address -> {
            where.append(" AND F.PUBLIC_ADDRESS = ?");
            arguments.add(address.canonical());
        });
        member.ifPresent(address -> {
            where.append(" AND F.MEMBER = ?");
            arguments.add(address.canonical());
        });
        String sql = COLUMNS + where + " ORDER BY X.LOCAL_PART FETCH FIRST " + limit + " ROWS ONLY";
        return database.read("listing phantom addresses", connection -> {
            try (PreparedStatement select = ForwardStore.prepare(connection, sql, arguments.toArray(new String[0]));
                 ResultSet rows = select.executeQuery()) {
                List<Phantom> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(phantom(connection, rows));
                }
                return result;
            }
        });
    }

    /** A token that stands for this person in the audit. */
    public String token(EmailAddress person) {
        return phantoms.token(person);
    }

    /**
     * The phantoms of one person, for all members, in the order of their addresses. Opens every row there is, since no index says who is
     * in it: the time it takes grows with their number.
     */
    public List<Phantom> listOf(EmailAddress person) {
        List<Phantom> result = new ArrayList<>();
        for (String localPart : localPartsOf(person)) {
            find(localPart).ifPresent(result::add);
        }
        return result;
    }

    /** Retires all phantoms of one person and forgets whom they stood for; returns how many there were. As slow as {@link #listOf}. */
    public int erase(EmailAddress person) {
        int erased = 0;
        for (Phantom phantom : listOf(person)) {
            if (delete(phantom.address())) {
                erased++;
            }
        }
        return erased;
    }

    /** How many phantoms stand for somebody. */
    public long count() {
        return database.read("counting phantom addresses", connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM PHANTOM WHERE CORRESPONDENT IS NOT NULL");
                 ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /** Hears how far a long work has come. */
    @FunctionalInterface
    public interface Progress {
        /**
         * After each page.
         *
         * @throws InterruptedException to stop here; what was done stays done
         */
        void looked(int rows, int changed) throws InterruptedException;
    }

    /**
     * Seals with the newest key whatever was sealed with an older one. May be stopped and begun again at any time: what is sealed
     * with the newest key is left alone, as is what changes meanwhile.
     *
     * @throws InterruptedException what {@code progress} throws
     */
    public void reseal(Progress progress) throws InterruptedException {
        List<SealedRow> page = page("");
        while (!page.isEmpty()) {
            progress.looked(page.size(), reseal(page));
            page = page(page.get(page.size() - 1).localPart);
        }
    }

    private int reseal(List<SealedRow> rows) {
        return database.transaction("sealing phantom addresses again", connection -> {
            int changed = 0;
            // who has been given another name since it was read is sealed with the newest key already
            try (PreparedStatement update = connection.prepareStatement(
                "UPDATE PHANTOM SET CORRESPONDENT = ? WHERE LOCAL_PART = ? AND CORRESPONDENT = ?")) {
                for (SealedRow row : rows) {
                    if (seal.isOutdated(row.sealed)) {
                        update.setBytes(1, seal.seal(seal.open(row.sealed, row.forward, row.localPart), row.forward, row.localPart));
                        update.setString(2, row.localPart);
                        update.setBytes(3, row.sealed);
                        changed += update.executeUpdate();
                    }
                }
            }
            return changed;
        });
    }

    /**
     * Forgets the phantoms that no message went to or from since that day: unlike a deleted one, such a phantom comes back, the same as
     * before, when its person writes again.
     *
     * @return how many
     */
    public int forgetUnusedSince(LocalDate day) {
        List<String> forwards = database.read("looking for unused phantom addresses", connection -> strings(connection,
            "SELECT DISTINCT FORWARD_ID FROM PHANTOM WHERE RETIRED = FALSE AND LAST_USED < CAST(? AS DATE)", day.toString()));
        int forgotten = 0;
        for (String forward : forwards) {
            forgotten += deleteRows(ForwardId.of(forward), " AND RETIRED = FALSE AND LAST_USED < CAST(? AS DATE)", day.toString());
        }
        return forgotten;
    }

    /**
     * Removes what is left of deleted forwards: their phantoms and the list of whom they blocked. What is not removed because this is
     * stopped is removed the next time.
     *
     * @return how many phantoms
     */
    public int purge() {
        List<String> deleted = database.read("looking for deleted forwards",
            connection -> strings(connection, "SELECT ID FROM FORWARD WHERE PUBLIC_ADDRESS IS NULL"));
        int purged = 0;
        for (String forward : deleted) {
            purged += deleteRows(ForwardId.of(forward), "");
            database.transaction("removing a deleted forward",
                connection -> ForwardStore.execute(connection, "DELETE FROM FORWARD WHERE ID = ?", forward));
        }
        return purged;
    }

    /** Deletes phantoms of a forward, some at a time, so that nobody has to wait for long, nor the whole table is locked. */
    private int deleteRows(ForwardId forward, String condition, String... arguments) {
        int deleted = 0;
        List<String> some = List.of("");
        while (!some.isEmpty()) {
            String[] all = ObjectArrays.concat(new String[] {forward.toString(), some.get(some.size() - 1)}, arguments, String.class);
            some = database.transaction("removing phantom addresses", connection -> {
                // a message that is under way with one of them is decided again
                ForwardStore.lock(connection, forward);
                List<String> rows = strings(connection, "SELECT LOCAL_PART FROM PHANTOM WHERE FORWARD_ID = ? AND LOCAL_PART > ?" + condition
                    + " ORDER BY LOCAL_PART FETCH FIRST " + DELETED_AT_ONCE + " ROWS ONLY", all);
                try (PreparedStatement delete = connection.prepareStatement("DELETE FROM PHANTOM WHERE LOCAL_PART = ?")) {
                    for (String row : rows) {
                        delete.setString(1, row);
                        delete.addBatch();
                    }
                    delete.executeBatch();
                }
                return rows;
            });
            deleted += some.size();
        }
        return deleted;
    }

    private static List<String> strings(Connection connection, String sql, String... arguments) throws SQLException {
        try (PreparedStatement select = ForwardStore.prepare(connection, sql, arguments); ResultSet rows = select.executeQuery()) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                result.add(rows.getString(1));
            }
            return result;
        }
    }

    private List<String> localPartsOf(EmailAddress person) {
        List<String> result = new ArrayList<>();
        List<SealedRow> page = page("");
        while (!page.isEmpty()) {
            for (SealedRow row : page) {
                if (seal.open(row.sealed, row.forward, row.localPart).address().equals(person)) {
                    result.add(row.localPart);
                }
            }
            page = page(page.get(page.size() - 1).localPart);
        }
        return result;
    }

    /** One sealed entry, as it lies in the table. */
    private static final class SealedRow {
        private final String localPart;
        private final ForwardId forward;
        private final byte[] sealed;

        private SealedRow(String localPart, ForwardId forward, byte[] sealed) {
            this.localPart = localPart;
            this.forward = forward;
            this.sealed = sealed;
        }
    }

    /** Sealed entries in the order of their addresses, some at a time; no transaction spans two of those. */
    private List<SealedRow> page(String after) {
        return database.read("reading phantom addresses", connection -> {
            try (PreparedStatement select = ForwardStore.prepare(connection, "SELECT LOCAL_PART, FORWARD_ID, CORRESPONDENT FROM PHANTOM"
                    + " WHERE LOCAL_PART > ? AND CORRESPONDENT IS NOT NULL ORDER BY LOCAL_PART FETCH FIRST " + SCAN_PAGE + " ROWS ONLY",
                    after);
                 ResultSet rows = select.executeQuery()) {
                List<SealedRow> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(new SealedRow(rows.getString(1), ForwardId.of(rows.getString(2)), rows.getBytes(3)));
                }
                return result;
            }
        });
    }

    private static final class Row {
        private final boolean retired;
        private final Phantom phantom;

        private Row(boolean retired, Phantom phantom) {
            this.retired = retired;
            this.phantom = phantom;
        }
    }

    private Optional<Row> row(String localPart) {
        return database.read("looking up a phantom address", connection -> row(connection, localPart));
    }

    private Optional<Row> row(Connection connection, String localPart) throws SQLException {
        try (PreparedStatement select = ForwardStore.prepare(connection, COLUMNS + "WHERE X.LOCAL_PART = ?", localPart);
             ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            boolean retired = rows.getBytes("CORRESPONDENT") == null;
            return Optional.of(new Row(retired, retired ? null : phantom(connection, rows)));
        }
    }

    private Phantom phantom(Connection connection, ResultSet row) throws SQLException {
        Forward forward = ForwardStore.forward(row);
        String localPart = row.getString("LOCAL_PART");
        Correspondent correspondent = seal.open(row.getBytes("CORRESPONDENT"), forward.id(), localPart);
        return new Phantom(EmailAddress.of(localPart, row.getString("DOMAIN")), forward,
            PhantomClass.valueOf(row.getString("CLASS")), correspondent,
            forward.blocking() && isBlocked(connection, forward.id(), correspondent.address()),
            ForwardStore.moment(row, "CREATED_AT"), row.getDate("LAST_USED").toLocalDate());
    }

    private boolean isBlocked(Connection connection, ForwardId forward, EmailAddress person) throws SQLException {
        try (PreparedStatement select = ForwardStore.prepare(connection,
                "SELECT PERSON FROM BLOCKED_CORRESPONDENT WHERE FORWARD_ID = ? AND PERSON = ?",
                forward.toString(), phantoms.person(forward, person));
             ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private LocalDate today() {
        return LocalDate.now(clock.withZone(ZoneOffset.UTC));
    }
}
