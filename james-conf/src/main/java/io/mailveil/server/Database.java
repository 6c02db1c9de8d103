package io.mailveil.server;

import java.io.FileNotFoundException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import javax.annotation.PreDestroy;
import javax.inject.Inject;
import javax.persistence.EntityManagerFactory;
import javax.persistence.Persistence;

import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.utils.PropertiesProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database that {@code james-database.properties} names: opened when first asked for, closed after everything that uses it.
 *
 * <p>It stops an embedded Derby database by itself, not the whole Derby engine, since there may be another server in this JVM.
 */
class Database {
    private static final Logger LOGGER = LoggerFactory.getLogger(Database.class);
    private static final String PERSISTENCE_UNIT = "Global";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    /** Any number that other users of the database do not lock. */
    private static final long TABLES_LOCK = 0x6a616d6573L;
    private static final String DERBY = "jdbc:derby:";
    private static final String DERBY_MEMORY = DERBY + "memory:";
    /** How Derby says that a database was stopped as asked, and that it was not running: OpenJPA has stopped it then. */
    private static final Set<String> DERBY_STOPPED = Set.of("08006", "XJ004");

    private final String url;
    private final EntityManagerFactory entityManagerFactory;

    @Inject
    Database(PropertiesProvider propertiesProvider) throws ConfigurationException, FileNotFoundException {
        Configuration configuration = propertiesProvider.getConfiguration("james-database");
        url = Optional.ofNullable(configuration.getString("database.url"))
            .orElseThrow(() -> new ConfigurationException("james-database.properties: database.url is missing"));

        Map<String, String> settings = new HashMap<>(startingWith("openjpa", configuration));
        settings.put("openjpa.Log", "slf4j");
        settings.put("openjpa.ConnectionURL", url);
        putIfSet(settings, "openjpa.ConnectionDriverName", configuration.getString("database.driverClassName"));
        putIfSet(settings, "openjpa.ConnectionUserName", configuration.getString("database.username"));
        putIfSet(settings, "openjpa.ConnectionPassword", configuration.getString("database.password"));
        putIfSet(settings, "openjpa.ConnectionProperties", poolSettings(configuration));
        entityManagerFactory = Persistence.createEntityManagerFactory(PERSISTENCE_UNIT, settings);
        if (url.startsWith(POSTGRESQL)) {
            makeTables(configuration.getString("database.username"), configuration.getString("database.password"));
        }
    }

    /** OpenJPA makes and extends James's tables when it is first used; two servers that start at once would stumble over each other. */
    private void makeTables(String user, String password) throws ConfigurationException {
        try (Connection connection = DriverManager.getConnection(url, user, password); Statement statement = connection.createStatement()) {
            // lasts as long as the connection
            statement.execute("SELECT pg_advisory_lock(" + TABLES_LOCK + ")");
            entityManagerFactory.createEntityManager().close();
        } catch (SQLException e) {
            throw new ConfigurationException("james-database.properties: " + url.split("[?]", 2)[0] + " cannot be opened: "
                + e.getMessage(), e);
        }
    }

    EntityManagerFactory entityManagerFactory() {
        return entityManagerFactory;
    }

    /** Objects are destroyed in the reverse order of their creation, and all of James's stores have been given this one. */
    @PreDestroy
    void close() {
        entityManagerFactory.close();
        if (url.startsWith(DERBY) && !url.startsWith(DERBY + "//") && !url.startsWith(DERBY_MEMORY)) {
            stopDerby(url.split(";", 2)[0]);
        }
    }

    private static void stopDerby(String database) {
        try {
            DriverManager.getConnection(database + ";shutdown=true").close();
        } catch (SQLException e) {
            if (!DERBY_STOPPED.contains(String.valueOf(e.getSQLState()))) {
                LOGGER.warn("Derby was not stopped cleanly; it repairs {} at the next start", database, e);
            }
        }
    }

    /** The keys of the connection pool are written in our file as in James's, {@code datasource.maxTotal}; OpenJPA wants MaxTotal=…. */
    private static String poolSettings(Configuration configuration) {
        return startingWith("datasource", configuration).entrySet().stream()
            .map(entry -> poolSetting(entry.getKey().substring("datasource.".length()), entry.getValue()))
            .sorted()
            .collect(Collectors.joining(","));
    }

    private static String poolSetting(String key, String value) {
        switch (key) {
            case "validationQueryTimeoutSec":
                return "ValidationTimeout=" + Long.parseLong(value) * 1000;
            case "validationQuery":
                return "ValidationSQL='" + value + "'";
            default:
                return Character.toUpperCase(key.charAt(0)) + key.substring(1) + "=" + value;
        }
    }

    private static Map<String, String> startingWith(String prefix, Configuration configuration) {
        Map<String, String> found = new HashMap<>();
        for (Iterator<String> keys = configuration.getKeys(prefix); keys.hasNext();) {
            String key = keys.next();
            found.put(key, configuration.getString(key));
        }
        return found;
    }

    private static void putIfSet(Map<String, String> settings, String key, String value) {
        if (value != null && !value.isEmpty()) {
            settings.put(key, value);
        }
    }
}
