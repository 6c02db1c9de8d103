package io.mailveil.server;

import java.io.FileNotFoundException;

import javax.jms.ConnectionFactory;

import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.blob.BlobTransferPolicy;
import org.apache.activemq.store.PersistenceAdapter;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.core.healthcheck.HealthCheck;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.queue.activemq.ActiveMQConfiguration;
import org.apache.james.queue.activemq.ActiveMQHealthCheck;
import org.apache.james.queue.activemq.EmbeddedActiveMQ;
import org.apache.james.queue.activemq.metric.ActiveMQMetricCollector;
import org.apache.james.queue.activemq.metric.ActiveMQMetricCollectorImpl;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.james.utils.InitializationOperation;
import org.apache.james.utils.InitilizationOperationBuilder;
import org.apache.james.utils.PropertiesProvider;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.ProvidesIntoSet;

/** The mail queues: ActiveMQ inside this process, on disk below {@code var/store/activemq}, synced ({@link DurableMailQueue}). */
class QueueModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(EmbeddedActiveMQ.class).in(Scopes.SINGLETON);
        // not provided by a method, or nobody would close the queues
        bind(DurableMailQueueFactory.class).in(Scopes.SINGLETON);
        bind(ActiveMQMetricCollectorImpl.class).in(Scopes.SINGLETON);
        bind(ActiveMQMetricCollector.class).to(ActiveMQMetricCollectorImpl.class);
        Multibinder.newSetBinder(binder(), HealthCheck.class).addBinding().to(ActiveMQHealthCheck.class);
    }

    @Provides
    @Singleton
    ActiveMQConfiguration configuration(PropertiesProvider properties) throws ConfigurationException {
        try {
            return ActiveMQConfiguration.from(properties.getConfiguration("activemq"));
        } catch (FileNotFoundException e) {
            return ActiveMQConfiguration.getDefault();
        }
    }

    /**
     * A disk that was full leaves half a record at the end of the journal, of mail that was answered with 451. Without these two
     * settings the queue does not open again; with them, records whose checksum is wrong are passed over, with a warning in the log.
     */
    @Provides
    @Singleton
    PersistenceAdapter journal() {
        KahaDBPersistenceAdapter journal = new KahaDBPersistenceAdapter();
        journal.setCheckForCorruptJournalFiles(true);
        journal.setIgnoreMissingJournalfiles(true);
        return journal;
    }

    @Provides
    @Singleton
    ConnectionFactory connectionFactory(EmbeddedActiveMQ broker, FileSystem fileSystem) {
        ActiveMQConnectionFactory connections = (ActiveMQConnectionFactory) broker.getConnectionFactory();
        BlobTransferPolicy blobs = connections.getBlobTransferPolicy();
        blobs.setUploadStrategy(new SyncedBlobs(blobs, fileSystem));
        return connections;
    }

    /** James asks for the same factory under three generic types. */
    @Provides
    @Singleton
    MailQueueFactory<? extends ManageableMailQueue> manageableQueues(DurableMailQueueFactory factory) {
        factory.init();
        return factory;
    }

    @Provides
    @Singleton
    MailQueueFactory<? extends MailQueue> queues(MailQueueFactory<? extends ManageableMailQueue> factory) {
        return factory;
    }

    @Provides
    @Singleton
    MailQueueFactory<?> anyQueues(MailQueueFactory<? extends ManageableMailQueue> factory) {
        return factory;
    }

    @ProvidesIntoSet
    InitializationOperation collectMetrics(ActiveMQMetricCollectorImpl collector) {
        return InitilizationOperationBuilder.forClass(ActiveMQMetricCollectorImpl.class)
            .init(collector::start);
    }
}
