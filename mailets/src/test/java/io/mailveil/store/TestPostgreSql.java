package io.mailveil.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * One real PostgreSQL for all tests of this run; it stops with the JVM. Its programs come from Maven, for Linux on x86-64: elsewhere the
 * tests that ask for it are skipped.
 */
final class TestPostgreSql {
    static final String USER = "postgres";

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres server;

    private TestPostgreSql() {
    }

    /** The URL of a database in which there is nothing. */
    static synchronized String newDatabase() {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
            "PostgreSQL for tests is there for Linux on x86-64 only");
        try {
            if (server == null) {
                // as PostgreSQL is by itself: what it has confirmed is on disk
                server = EmbeddedPostgres.builder().setServerConfig("synchronous_commit", "on").start();
            }
            String name = "test" + DATABASES.incrementAndGet();
            try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            }
            return "jdbc:postgresql://localhost:" + server.getPort() + "/" + name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
