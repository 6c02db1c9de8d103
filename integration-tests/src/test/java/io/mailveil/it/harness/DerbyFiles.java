package io.mailveil.it.harness;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** The database of a server that is not running, opened with the Derby of the distribution. */
final class DerbyFiles {
    private DerbyFiles() {
    }

    /** What Derby's own consistency check of every table, with its indexes, has to complain of. */
    static List<String> brokenTables(Path database) {
        try (Stream<Path> jars = Files.list(TestServer.distribution().resolve("lib"));
             URLClassLoader loader = new URLClassLoader(new URL[] {
                 jars.filter(jar -> jar.getFileName().toString().startsWith("derby-")).findFirst().orElseThrow().toUri().toURL()})) {
            System.setProperty("derby.stream.error.file", "/dev/null");
            Driver driver = (Driver) loader.loadClass("org.apache.derby.jdbc.EmbeddedDriver").getDeclaredConstructor().newInstance();
            try (Connection connection = driver.connect("jdbc:derby:" + database, new Properties())) {
                return check(connection);
            } finally {
                stop(driver);
            }
        } catch (ReflectiveOperationException | IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> check(Connection connection) throws SQLException {
        List<String> broken = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet tables = statement.executeQuery(
                "SELECT S.SCHEMANAME, T.TABLENAME FROM SYS.SYSTABLES T JOIN SYS.SYSSCHEMAS S ON S.SCHEMAID = T.SCHEMAID"
                    + " WHERE T.TABLETYPE = 'T'");
             Statement check = connection.createStatement()) {
            while (tables.next()) {
                try (ResultSet result = check.executeQuery(
                        "VALUES SYSCS_UTIL.SYSCS_CHECK_TABLE('" + tables.getString(1) + "', '" + tables.getString(2) + "')")) {
                    result.next();
                } catch (SQLException e) {
                    broken.add(e.getMessage());
                }
            }
        }
        return broken;
    }

    private static void stop(Driver driver) {
        try {
            driver.connect("jdbc:derby:;shutdown=true", new Properties());
        } catch (SQLException e) {
            // how Derby tells that it has stopped
        }
    }
}
