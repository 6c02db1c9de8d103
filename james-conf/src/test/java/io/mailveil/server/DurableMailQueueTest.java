package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import javax.jms.ConnectionFactory;

import org.apache.activemq.store.PersistenceAdapter;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.metrics.api.NoopGaugeRegistry;
import org.apache.james.metrics.tests.RecordingMetricFactory;
import org.apache.james.queue.activemq.EmbeddedActiveMQ;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.james.queue.api.MailQueue.MailQueueItem.CompletionStatus;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.RawMailQueueItemDecoratorFactory;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.google.inject.Guice;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class DurableMailQueueTest {
    private static final int MAILS = 5;

    @TempDir
    private Path folder;
    private EmbeddedActiveMQ broker;
    private DurableMailQueue queue;

    @BeforeEach
    void open() {
        broker = Guice.createInjector(binder -> {
            binder.bind(FileSystem.class).toInstance(new Folder());
            binder.bind(PersistenceAdapter.class).toInstance(new KahaDBPersistenceAdapter());
        }).getInstance(EmbeddedActiveMQ.class);
        ConnectionFactory connections = broker.getConnectionFactory();
        queue = new DurableMailQueue(connections, new RawMailQueueItemDecoratorFactory(), MailQueueName.of("outgoing"),
            new RecordingMetricFactory(), new NoopGaugeRegistry());
    }

    @AfterEach
    void close() throws Exception {
        queue.dispose();
        broker.stop();
    }

    private final class Folder implements FileSystem {
        @Override
        public InputStream getResource(String url) throws FileNotFoundException {
            throw new FileNotFoundException(url);
        }

        @Override
        public File getFile(String url) {
            return folder.resolve(url.replace("file://", "")).toFile();
        }

        @Override
        public File getBasedir() {
            return folder.toFile();
        }
    }

    /** As James's remote delivery goes about it, with one thread to send and one mail at a time. */
    @Test
    void shouldLeaveTheThreadAloneThatWorksOnAMail() throws Exception {
        for (int i = 0; i < MAILS; i++) {
            MailImpl mail = MailImpl.builder().name("mail" + i).sender("a@company.test").addRecipient("b@world.test").build();
            mail.setMessageNoCopy(new MimeMessageWrapper(MimeMessageInputStreamSource.create(mail.getName(),
                new ByteArrayInputStream("Subject: one\r\n\r\nText.\r\n".getBytes(StandardCharsets.US_ASCII)))));
            queue.enQueue(mail);
            mail.dispose();
        }
        // as WebAdmin does after a look
        queue.close();
        Scheduler sending = Schedulers.newBoundedElastic(1, MAILS, "sending");
        try {
            assertThat(queue.deQueue().flatMap(item -> Mono.fromCallable(() -> done(item)).subscribeOn(sending), 1).take(MAILS)
                .collectList().block(Duration.ofSeconds(30))).hasSize(MAILS);
        } finally {
            sending.dispose();
        }
    }

    private static String done(MailQueueItem item) throws Exception {
        String name = item.getMail().getName();
        item.done(CompletionStatus.SUCCESS);
        LifecycleUtil.dispose(item.getMail());
        return name;
    }
}
