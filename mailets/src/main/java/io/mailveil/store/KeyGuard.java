package io.mailveil.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

import io.mailveil.address.Keys;
import io.mailveil.address.KeysUnavailableException;
import io.mailveil.address.KeysetFile;

/**
 * Brings database and keyset file together at start: makes new keys for a new installation, and refuses to start when
 * the file is missing or belongs to another database, because every phantom address would silently change its meaning. On a database
 * that several nodes share, the first one's keys are everybody's, phantoms or none.
 */
public final class KeyGuard {
    private static final String FINGERPRINT = "keyset";
    private static final String COPY_FROM_ANOTHER_NODE = " Copy the file of another node; if no node has it any more:"
        + " DELETE FROM mailveil.installation WHERE name = 'keyset'";

    private KeyGuard() {
    }

    /**
     * The keys of this installation.
     *
     * @throws KeysUnavailableException with what to do, if the file does not fit the database
     */
    public static Keys keysFor(Database database, Path file) {
        boolean phantomsExist = database.read("counting phantom addresses", connection -> {
            // those of deleted forwards only wait for their removal
            try (PreparedStatement select = connection.prepareStatement("SELECT X.LOCAL_PART FROM PHANTOM X JOIN FORWARD F ON"
                    + " F.ID = X.FORWARD_ID WHERE F.PUBLIC_ADDRESS IS NOT NULL FETCH FIRST 1 ROWS ONLY");
                 ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        });
        Optional<String> known = fingerprint(database);
        if (!Files.exists(file)) {
            if (phantomsExist) {
                throw new KeysUnavailableException("The keyset file " + file + " is missing, but there are phantom addresses made with"
                    + " it. Restore it from the backup; without it they cannot be resolved");
            }
            if (known.isPresent() && database.dialect().isShared()) {
                throw new KeysUnavailableException("The keyset file " + file + " is missing, and this database has keys already."
                    + COPY_FROM_ANOTHER_NODE);
            }
            KeysetFile.create(file);
        }
        Keys keys = KeysetFile.read(file);
        if (known.isEmpty() && !remember(database, keys.fingerprint())) {
            // another node was first
            known = fingerprint(database);
        }
        if (known.isPresent() && !known.get().equals(keys.fingerprint())) {
            if (phantomsExist) {
                throw new KeysUnavailableException("The keyset file " + file + " is not the one with which the phantom addresses of this"
                    + " database were made. Restore the file and the database from the same backup");
            }
            if (database.dialect().isShared()) {
                throw new KeysUnavailableException("The keyset file " + file + " is not the one that this database is used with."
                    + COPY_FROM_ANOTHER_NODE);
            }
            change(database, keys.fingerprint());
        }
        keys.whenReplaced(fingerprint -> isNoted(database, fingerprint));
        return keys;
    }

    /** An import on another node puts other keys into a file that they share, and notes it. */
    private static boolean isNoted(Database database, String fingerprint) {
        try {
            return fingerprint(database).filter(fingerprint::equals).isPresent();
        } catch (StoreException e) {
            // nobody can tell; it is asked again
            return false;
        }
    }

    /**
     * Looks whether these are still the keys of the database.
     *
     * @throws KeysUnavailableException if not
     */
    public static void check(Database database, Keys keys) {
        database.read("reading the fingerprint of the keys", connection -> {
            check(connection, keys.fingerprint());
            return true;
        });
    }

    /**
     * Looks whether the database has gone over to other keys, of which this node's file knows nothing.
     *
     * @throws KeysUnavailableException if so; what was made with these keys must not be stored
     */
    static void check(Connection connection, String fingerprint) throws SQLException {
        try (PreparedStatement select = ForwardStore.prepare(connection,
                "SELECT SETTING FROM INSTALLATION WHERE NAME = ? AND SETTING <> ?", FINGERPRINT, fingerprint);
             ResultSet rows = select.executeQuery()) {
            if (rows.next()) {
                throw new KeysUnavailableException("The keyset file is not the one that this database is used with any more."
                    + COPY_FROM_ANOTHER_NODE);
            }
        }
    }

    private static Optional<String> fingerprint(Database database) {
        return database.read("reading the fingerprint of the keys", connection -> {
            try (PreparedStatement select = ForwardStore.prepare(connection,
                    "SELECT SETTING FROM INSTALLATION WHERE NAME = ?", FINGERPRINT);
                 ResultSet rows = select.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        });
    }

    /**
     * Changes the keyset file while no other node does: all of them ask for the same row of the database first.
     *
     * @throws KeysUnavailableException if the database is used with other keys by now
     */
    public static void alone(Database database, Keys keys, Runnable change) {
        database.together("changing the keyset file", () -> {
            database.transaction("waiting for other nodes", connection -> ForwardStore.execute(connection,
                "UPDATE INSTALLATION SET SETTING = SETTING WHERE NAME = ?", FINGERPRINT));
            check(database, keys);
            change.run();
            return true;
        });
    }

    /** Notes that the database belongs to other keys now; for an import, in its transaction. */
    static void change(Database database, String fingerprint) {
        database.transaction("noting the fingerprint of the keys", connection -> ForwardStore.execute(connection,
            "UPDATE INSTALLATION SET SETTING = ? WHERE NAME = ?", fingerprint, FINGERPRINT));
    }

    /** False if there is one. */
    private static boolean remember(Database database, String fingerprint) {
        return database.insert("noting the fingerprint of the keys", connection -> ForwardStore.execute(connection,
            "INSERT INTO INSTALLATION (SETTING, NAME) VALUES (?, ?)", fingerprint, FINGERPRINT)).isPresent();
    }
}
