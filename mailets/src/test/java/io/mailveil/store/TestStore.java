package io.mailveil.store;

import java.io.Writer;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;

import io.mailveil.address.Keys;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;
import io.mailveil.address.TestKeys;

/** A store on a real Derby in a folder of the test, or on a real PostgreSQL, with real keys. */
public final class TestStore implements AutoCloseable {
    public final Keys keys = TestKeys.fresh();
    public final Database database;
    public final ForwardStore forwards;
    public final PhantomStore phantoms;
    private final String url;

    public TestStore(Path folder) {
        this("jdbc:derby:" + folder.resolve("derby"));
    }

    private TestStore(String url) {
        System.setProperty("derby.stream.error.field", "io.mailveil.store.TestStore.NO_LOG");
        this.url = url;
        this.database = open(url);
        Clock clock = Clock.systemUTC();
        this.forwards = new ForwardStore(database, clock);
        this.phantoms = new PhantomStore(database, new Phantoms(keys), new Seal(keys), Optional.empty(), clock);
    }

    /** On a new database of the one PostgreSQL of this run. */
    static TestStore onPostgreSql() {
        return new TestStore(TestPostgreSql.newDatabase());
    }

    String url() {
        return url;
    }

    /** Where Derby writes its log. */
    public static final Writer NO_LOG = Writer.nullWriter();

    private static boolean isDerby(String url) {
        return url.startsWith("jdbc:derby:");
    }

    static Database open(String url) {
        return isDerby(url) ? Database.open(url + ";create=true", Optional.empty(), "app", "app")
            : Database.open(url, Optional.empty(), TestPostgreSql.USER, "");
    }

    @Override
    public void close() {
        database.close();
        if (!isDerby(url)) {
            return;
        }
        try {
            DriverManager.getConnection(url + ";shutdown=true").close();
        } catch (SQLException e) {
            // Derby tells its end by an exception
        }
    }
}
