package io.mailveil.store;

import java.util.Locale;

/** Where Derby and PostgreSQL need different words. */
enum Dialect {
    /** Apache Derby, James's default. */
    DERBY("MAILVEIL", "VARCHAR(2000) FOR BIT DATA", "WITH RS"),
    /** PostgreSQL, for several nodes on one database. */
    POSTGRESQL("mailveil", "BYTEA", "FOR SHARE");

    private final String schema;
    private final String bytes;
    private final String sharedLock;

    Dialect(String schema, String bytes, String sharedLock) {
        this.schema = schema;
        this.bytes = bytes;
        this.sharedLock = sharedLock;
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

    /** The type for binary values of a few hundred octets. */
    String bytes() {
        return bytes;
    }

    /** What ends a SELECT so that the rows stay as they are until the transaction ends. */
    String sharedLock() {
        return sharedLock;
    }
}
