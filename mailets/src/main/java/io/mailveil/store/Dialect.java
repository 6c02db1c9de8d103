package io.mailveil.store;

import java.util.Locale;
import java.util.Optional;

/** Where Derby and PostgreSQL need different words. */
enum Dialect {
    /** Apache Derby, James's default. */
    DERBY("MAILVEIL", "VARCHAR(2000) FOR BIT DATA", "WITH RS", Optional.empty()),
    /** PostgreSQL, for several nodes on one database. */
    POSTGRESQL("mailveil", "BYTEA", "FOR SHARE", Optional.of("SELECT pg_advisory_lock(470416158060)"));

    private final String schema;
    private final String bytes;
    private final String sharedLock;
    private final Optional<String> startLock;

    Dialect(String schema, String bytes, String sharedLock, Optional<String> startLock) {
        this.schema = schema;
        this.bytes = bytes;
        this.sharedLock = sharedLock;
        this.startLock = startLock;
    }

    static Dialect of(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        if (lower.startsWith("jdbc:derby:")) {
            return DERBY;
        }
        if (lower.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        throw new IllegalArgumentException("Mailveil stores its tables in Derby (jdbc:derby:...) or PostgreSQL (jdbc:postgresql:...)");
    }

    /** The schema as the database itself writes its name. */
    String schema() {
        return schema;
    }

    /** The connection property that names the schema to begin with; empty where one that is set later stays anyway. */
    Optional<String> schemaProperty() {
        return this == POSTGRESQL ? Optional.of("currentSchema") : Optional.empty();
    }

    /** The type for binary values of a few hundred octets. */
    String bytes() {
        return bytes;
    }

    /**
     * What goes into a SELECT as one more column where the transaction changes nothing: PostgreSQL notes who holds a lock, and would wait
     * for its disk at the end.
     */
    String nothingToKeep() {
        return this == POSTGRESQL ? ", set_config('synchronous_commit', 'off', true)" : "";
    }

    /** What ends a SELECT so that the rows stay as they are until the transaction ends. */
    String sharedLock() {
        return sharedLock;
    }

    /** Whether a statement that only reads is cheaper without a transaction around it: its end would be a trip of its own. */
    boolean readsOutsideTransactions() {
        return this == POSTGRESQL;
    }

    /** Whether several servers may be on one database at the same time. */
    boolean isShared() {
        return startLock.isPresent();
    }

    /** Makes other nodes that start wait until the connection is closed; empty where there can be no other. */
    Optional<String> startLock() {
        return startLock;
    }
}
