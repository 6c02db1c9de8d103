package io.mailveil.james;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import javax.annotation.PreDestroy;
import javax.inject.Inject;

import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.utils.PropertiesProvider;

import com.google.common.base.Ticker;

import io.mailveil.address.Keys;
import io.mailveil.address.KeysUnavailableException;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.Phantoms;
import io.mailveil.address.ReturnPaths;
import io.mailveil.address.Seal;
import io.mailveil.gateway.BounceRule;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.Evidence;
import io.mailveil.gateway.FailingMembers;
import io.mailveil.gateway.FloodRule;
import io.mailveil.gateway.InboundRule;
import io.mailveil.gateway.OutboundRule;
import io.mailveil.gateway.ReplyRule;
import io.mailveil.gateway.SenderCheck;
import io.mailveil.gateway.Settings;
import io.mailveil.gateway.SmtpRules;
import io.mailveil.store.AuditStore;
import io.mailveil.store.Database;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.KeyGuard;
import io.mailveil.store.PhantomStore;
import io.mailveil.store.StoreException;
import io.mailveil.store.TrafficCounter;
import io.mailveil.store.Transfer;

/**
 * The parts of Mailveil put together: configuration, database, keys, rules. Made once, when James first needs any of them; whatever
 * is wrong with them ends the start with one sentence.
 */
final class Installation {
    private static final String DEFAULT_KEYSET = "mailveil.keyset";

    private final Settings settings;
    private final Database database;
    private final Path keyset;
    private final Keys keys;
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final AuditStore audit;
    private final TrafficCounter traffic;
    private final Transfer transfer;
    private final ReturnPaths returnPaths;
    private final InboundRule inbound;
    private final ReplyRule replies;
    private final OutboundRule outbound;
    private final SmtpRules smtp;
    private final BounceRule bounces;
    private final FailingMembers failing;
    private final FloodRule floods;
    private final SenderCheck senders;

    @Inject
    Installation(PropertiesProvider properties, FileSystem fileSystem, JamesDirectory directory, DnsEvidence evidence)
            throws ConfigurationException {
        this(readSettings(properties), properties, fileSystem, directory, evidence, Clock.systemUTC());
    }

    private Installation(Settings settings, PropertiesProvider properties, FileSystem fileSystem, Directory directory,
            Evidence evidence, Clock clock) throws ConfigurationException {
        this.settings = settings;
        this.database = openDatabase(settings, properties);
        this.keyset = keysetFile(database, settings, fileSystem);
        this.keys = readKeys(database, keyset);
        this.forwards = new ForwardStore(database, clock);
        this.phantoms = new PhantomStore(database, new Phantoms(keys), new Seal(keys), settings.phantomDomain(), clock);
        this.audit = new AuditStore(database, clock);
        this.traffic = new TrafficCounter(audit, clock);
        this.transfer = new Transfer(database, forwards, keys, clock);
        this.returnPaths = new ReturnPaths(keys, clock);
        MessageIds messageIds = new MessageIds(keys);
        LoopMarks loopMarks = new LoopMarks(keys);
        this.inbound = new InboundRule(forwards, phantoms, returnPaths, messageIds, loopMarks, settings, clock);
        this.replies = new ReplyRule(forwards, phantoms, returnPaths, messageIds, loopMarks, settings, clock);
        this.outbound = new OutboundRule(forwards, phantoms, replies, settings);
        this.bounces = new BounceRule(forwards, phantoms, returnPaths, messageIds, loopMarks, settings, clock);
        this.failing = new FailingMembers(forwards, clock);
        this.smtp = new SmtpRules(forwards, phantoms, returnPaths, inbound, replies, outbound, directory, settings);
        this.floods = new FloodRule(inbound, outbound, settings, Ticker.systemTicker());
        phantoms.whenMade(floods::made);
        this.senders = new SenderCheck(evidence, settings, clock);
    }

    private static Settings readSettings(PropertiesProvider properties) throws ConfigurationException {
        Map<String, String> values = new HashMap<>();
        try {
            Configuration configuration = properties.getConfiguration("mailveil");
            configuration.getKeys().forEachRemaining(key -> values.put(key, String.join(",", configuration.getStringArray(key))));
        } catch (FileNotFoundException e) {
            // every key has a default
        }
        try {
            return Settings.of(values);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static Database openDatabase(Settings settings, PropertiesProvider properties) throws ConfigurationException {
        try {
            if (settings.value(Settings.STORE_URL).isPresent()) {
                return Database.open(settings.value(Settings.STORE_URL).get(), settings.value(Settings.STORE_DRIVER),
                    settings.value(Settings.STORE_USER).orElse(""), settings.value(Settings.STORE_PASSWORD).orElse(""));
            }
            Configuration james = properties.getConfiguration("james-database");
            // James has loaded its driver, or the URL tells which one it is
            return Database.open(james.getString("database.url"), Optional.empty(),
                james.getString("database.username", ""), james.getString("database.password", ""));
        } catch (FileNotFoundException e) {
            throw new ConfigurationException("mailveil.properties: " + Settings.STORE_URL + " is not set and there is no"
                + " james-database.properties to take the database from", e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("mailveil.properties: " + Settings.STORE_URL + " (or database.url of"
                + " james-database.properties) is not allowed. " + e.getMessage(), e);
        } catch (StoreException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static Path keysetFile(Database database, Settings settings, FileSystem fileSystem) throws ConfigurationException {
        try {
            String location = settings.value(Settings.KEYSET).orElse(DEFAULT_KEYSET);
            Path file = Path.of(location).isAbsolute() ? Path.of(location) : fileSystem.getFile("file://conf/" + location).toPath();
            return file.toAbsolutePath().normalize();
        } catch (IOException e) {
            database.close();
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static Keys readKeys(Database database, Path file) throws ConfigurationException {
        try {
            return KeyGuard.keysFor(database, file);
        } catch (KeysUnavailableException e) {
            database.close();
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    Settings settings() {
        return settings;
    }

    Database database() {
        return database;
    }

    /** The keyset file. */
    Path keyset() {
        return keyset;
    }

    /** What is in it. */
    Keys keys() {
        return keys;
    }

    ForwardStore forwards() {
        return forwards;
    }

    PhantomStore phantoms() {
        return phantoms;
    }

    AuditStore audit() {
        return audit;
    }

    TrafficCounter traffic() {
        return traffic;
    }

    Transfer transfer() {
        return transfer;
    }

    ReturnPaths returnPaths() {
        return returnPaths;
    }

    InboundRule inbound() {
        return inbound;
    }

    ReplyRule replies() {
        return replies;
    }

    OutboundRule outbound() {
        return outbound;
    }

    FloodRule floods() {
        return floods;
    }

    SmtpRules smtp() {
        return smtp;
    }

    BounceRule bounces() {
        return bounces;
    }

    FailingMembers failing() {
        return failing;
    }

    SenderCheck senders() {
        return senders;
    }

    @PreDestroy
    void close() {
        traffic.close();
        database.close();
    }
}
