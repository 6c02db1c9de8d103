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

/** A store on a real Derby in a folder of the test, with real keys. */
public final class TestStore implements AutoCloseable {
    public final Keys keys = TestKeys.fresh();
    public final Database database;
    public final ForwardStore forwards;
    public final PhantomStore phantoms;
    private final Path folder;

    public TestStore(Path folder) {
        this(folder, Clock.systemUTC(), Optional.empty());
    }

    public TestStore(Path folder, Clock clock, Optional<String> phantomDomain) {
        System.setProperty("derby.stream.error.field", "io.mailveil.store.TestStore.NO_LOG");
        this.folder = folder;
        this.database = open(folder);
        this.forwards = new ForwardStore(database, clock);
        this.phantoms = new PhantomStore(database, new Phantoms(keys), new Seal(keys), phantomDomain, clock);
    }

    /** Where Derby writes its log. */
    public static final Writer NO_LOG = Writer.nullWriter();

    static Database open(Path folder) {
        return Database.open("jdbc:derby:" + folder.resolve("derby") + ";create=true", Optional.empty(), "app", "app");
    }

    @Override
    public void close() {
        database.close();
        try {
            DriverManager.getConnection("jdbc:derby:" + folder.resolve("derby") + ";shutdown=true").close();
        } catch (SQLException e) {
            // Derby tells its end by an exception
        }
    }
}
