package io.mailveil.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;

/**
 * A pool of connections to the schema {@code MAILVEIL}, which is created or upgraded when it is opened.
 *
 * <p>Does not create the database itself (James's URL does) and does not shut Derby down (it is James's too).
 */
public final class Database implements AutoCloseable {
    /** James works on 20 mails at a time by default, and SMTP sessions ask as well. */
    private static final int CONNECTIONS = 24;
    /** An SMTP client waits for minutes; a pool that is this long without a connection has lost its database. */
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final String UNIQUE_VIOLATION = "23505";
    private static final Set<String> DEADLOCKS = Set.of("40001", "40P01");
    private static final int ATTEMPTS = 5;

    private final HikariDataSource dataSource;
    private final Dialect dialect;
    private final ThreadLocal<Connection> shared = new ThreadLocal<>();
    private volatile Supplier<Runnable> stopwatch = () -> () -> { };

    private Database(HikariDataSource dataSource, Dialect dialect) {
        this.dataSource = dataSource;
        this.dialect = dialect;
    }

    /** What to run on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Connects and migrates.
     *
     * @param url    a JDBC URL of Derby or PostgreSQL
     * @param driver class name of the JDBC driver, empty to let the URL decide
     * @throws IllegalArgumentException for any other kind of URL
     * @throws StoreException           if the database cannot be reached or its schema is not one that this version knows
     */
    public static Database open(String url, Optional<String> driver, String user, String password) {
        Dialect dialect = Dialect.of(url);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        driver.ifPresent(config::setDriverClassName);
        config.setUsername(user);
        config.setPassword(password);
        config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        try {
            config.setMaximumPoolSize(3);
            config.setPoolName("mailveil-migration");
            try (HikariDataSource migration = new HikariDataSource(config)) {
                migrateAlone(migration, dialect);
            }
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(2);
            // almost every use is a transaction; switching it on and off costs Derby more than some of the questions
            config.setAutoCommit(false);
            config.setPoolName("mailveil");
            config.setSchema(dialect.schema());
            // PostgreSQL forgets what was set in a transaction that is rolled back; this stays
            dialect.schemaProperty().ifPresent(name -> config.addDataSourceProperty(name, dialect.schema()));
            return new Database(new HikariDataSource(config), dialect);
        } catch (HikariPool.PoolInitializationException | FlywayException | SQLException e) {
            throw new StoreException("Mailveil's tables cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Flyway keeps several nodes from changing tables at once, but not from making the schema at once. */
    private static void migrateAlone(HikariDataSource migration, Dialect dialect) throws SQLException {
        if (dialect.startLock().isEmpty()) {
            migrate(migration, dialect);
            return;
        }
        try (Connection connection = migration.getConnection(); Statement statement = connection.createStatement()) {
            // until the pool is closed
            statement.execute(dialect.startLock().get());
            migrate(migration, dialect);
        }
    }

    private static void migrate(HikariDataSource migration, Dialect dialect) {
        Flyway.configure(Database.class.getClassLoader())
            .dataSource(migration)
            .locations("classpath:io/mailveil/store/migrations")
            .schemas(dialect.schema())
            .defaultSchema(dialect.schema())
            .createSchemas(true)
            .placeholders(Map.of("bytes", dialect.bytes()))
            .validateMigrationNaming(true)
            .load()
            .migrate();
    }

    /** From now on a stopwatch is got before every transaction and run after it; it must not fail. */
    public void timedBy(Supplier<Runnable> watch) {
        stopwatch = watch;
    }

    Dialect dialect() {
        return dialect;
    }

    /**
     * Runs {@code work} in one transaction; again, if the database chose it as the victim of a deadlock.
     *
     * @throws StoreException with what was being done, if the database fails
     */
    <T> T transaction(String what, Work<T> work) {
        return repeated(() -> transactionOnce(what, work));
    }

    /**
     * As {@link #transaction}, for work that only reads, and to which it does not matter whether each of its statements sees the same
     * state. Takes fewer trips to a database elsewhere.
     */
    <T> T read(String what, Work<T> work) {
        return repeated(() -> {
            if (shared.get() == null) {
                return alone(what, work, dialect.readsOutsideTransactions());
            }
            try {
                return work.on(shared.get());
            } catch (SQLException e) {
                throw failure(what, e);
            }
        });
    }

    private <T> T repeated(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (StoreException e) {
                if (attempt == ATTEMPTS || shared.get() != null || !DEADLOCKS.contains(e.sqlState())) {
                    throw e;
                }
            }
        }
    }

    /**
     * Runs everything that {@code work} does with the stores over this database, on this thread, in one transaction: all of it or, when
     * anything is thrown, nothing. Runs {@code work} again if the database chose it as the victim of a deadlock.
     *
     * @throws StoreException with what was being done, if the database fails
     */
    public <T> T together(String what, Supplier<T> work) {
        if (shared.get() != null) {
            return work.get();
        }
        return transaction(what, connection -> {
            shared.set(connection);
            try {
                return work.get();
            } finally {
                shared.remove();
            }
        });
    }

    /** Within {@link #together}: what fails is undone to here, so that another statement may be tried instead. */
    private static <T> T join(Connection connection, String what, Work<T> work) {
        try {
            Savepoint before = connection.setSavepoint();
            try {
                T result = work.on(connection);
                connection.releaseSavepoint(before);
                return result;
            } catch (SQLException e) {
                if (!DEADLOCKS.contains(e.getSQLState())) {
                    connection.rollback(before);
                }
                throw e;
            }
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    /** As {@link #transaction}, for work that must not be done twice. */
    <T> T transactionOnce(String what, Work<T> work) {
        return shared.get() == null ? alone(what, work, false) : join(shared.get(), what, work);
    }

    private <T> T alone(String what, Work<T> work, boolean autoCommit) {
        Runnable stop = stopwatch.get();
        try (Connection connection = dataSource.getConnection()) {
            if (autoCommit) {
                // the pool switches it off again
                connection.setAutoCommit(true);
                return work.on(connection);
            }
            boolean done = false;
            try {
                T result = work.on(connection);
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw failure(what, e);
        } finally {
            stop.run();
        }
    }

    private static StoreException failure(String what, SQLException e) {
        return new StoreException("The database failed: " + what, e);
    }

    /** As {@link #transaction}, and tells with empty that a row with the same key is there already. */
    <T> Optional<T> insert(String what, Work<T> work) {
        try {
            return Optional.of(transaction(what, work));
        } catch (StoreException e) {
            if (UNIQUE_VIOLATION.equals(e.sqlState())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Asks the database something.
     *
     * @throws StoreException if it does not answer
     */
    public void ping() {
        transaction("asking whether it is there", connection -> {
            if (!connection.isValid((int) CONNECTION_TIMEOUT.toSeconds())) {
                throw new SQLException("the connection is not valid");
            }
            return true;
        });
    }

    @Override
    public void close() {
        dataSource.close();
    }
}
