package io.mailveil.it.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A real PostgreSQL with an empty database, in a process of its own, which can go away and come back with its data. Its programs come from
 * Maven, for Linux on x86-64: elsewhere the tests that ask for it are skipped.
 */
public final class PostgreSql implements AutoCloseable {
    private static final String USER = "postgres";

    private final Path data;
    private final int port = TestServer.freePort();
    private EmbeddedPostgres server;

    /** Started. */
    public PostgreSql() {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
            "PostgreSQL for tests is there for Linux on x86-64 only");
        try {
            // not below the folder of the tests: run by root, it lives as nobody, who has to reach it
            data = Files.createTempDirectory("mailveil-postgresql");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        comeBack();
    }

    /** Stops it, and all connections with it. */
    public void goAway() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it on the same port with the same data. */
    public void comeBack() {
        try {
            server = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setPort(port)
                .setServerConfig("max_connections", "300")
                // as PostgreSQL is by itself: what it has confirmed is on disk
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(Duration.ofSeconds(60)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** What {@code james-database.properties} has to say. */
    String settings() {
        return """
            database.driverClassName=org.postgresql.Driver
            database.url=%s
            database.username=%s
            database.password=none
            datasource.maxTotal=32
            datasource.maxIdle=32
            openjpa.Multithreaded=true
            """.formatted(url(), USER);
    }

    /** A connection of somebody else's. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), USER, "");
    }

    /** Changes something. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of what this query finds. */
    public List<String> query(String sql) {
        try (Connection connection = connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery(sql)) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                result.add(rows.getString(1));
            }
            return result;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        goAway();
        try {
            TestServer.delete(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
