package io.mailveil.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

import javax.jms.ConnectionFactory;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.ObjectMessage;
import javax.mail.MessagingException;
import javax.mail.internet.MimeMessage;

import org.apache.activemq.BlobMessage;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.activemq.ActiveMQCacheableMailQueue;
import org.apache.james.queue.activemq.MimeMessageBlobMessageSource;
import org.apache.james.queue.api.MailQueueItemDecoratorFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.jms.MimeMessageObjectMessageSource;
import org.apache.james.server.core.MimeMessageInputStream;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.Mail;

import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A queue whose mail is on the disk, and not only on its way there, when it has been taken: small bodies lie in the journal of the
 * queue, which is synced for every message anyway; large ones in files that {@link SyncedBlobs} syncs. James's own queue writes all
 * bodies to files without syncing them, and drops a mail whose file is gone with a warning.
 */
class DurableMailQueue extends ActiveMQCacheableMailQueue {
    /** As much as James keeps in memory of a message under way ({@code james.message.memory.threshold}): it costs no more than that. */
    static final int MAX_OCTETS_IN_JOURNAL = 100 * 1024;

    private final Scheduler waiting;

    DurableMailQueue(ConnectionFactory connectionFactory, MailQueueItemDecoratorFactory decorators, MailQueueName name,
            MetricFactory metrics, GaugeRegistry gauges) {
        super(connectionFactory, decorators, name, metrics, gauges);
        waiting = Schedulers.newSingle("queue-" + name.asString(), true);
    }

    /**
     * What waits for the next mail is a thread of this queue. James's own waits on the thread that asks, and that is one of those that
     * send: whatever the scheduler gives that one to send meanwhile, when all others are busy, lies there until the server is restarted.
     */
    @Override
    public Flux<MailQueueItem> deQueue() {
        return super.deQueue().subscribeOn(waiting);
    }

    /** The end; {@code close} is said by everybody who has looked at the queue, and does nothing. */
    @Override
    public void dispose() {
        waiting.dispose();
        super.dispose();
    }

    @Override
    protected void produceMail(Map<String, Object> properties, int priority, Mail mail)
            throws JMSException, MessagingException, IOException {
        long size = mail.getMessageSize();
        if (size < 0 || size > MAX_OCTETS_IN_JOURNAL) {
            super.produceMail(properties, priority, mail);
            return;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream((int) size);
        // as it came: writeTo would make question marks of a header that is not ASCII
        try (InputStream content = new MimeMessageInputStream(mail.getMessage())) {
            content.transferTo(body);
        }
        ObjectMessage message = session.createObjectMessage();
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        // where JMSCacheableMailQueue looks for it
        message.setObject(body.toByteArray());
        producer.send(message, Message.DEFAULT_DELIVERY_MODE, priority, Message.DEFAULT_TIME_TO_LIVE);
    }

    @Override
    protected MimeMessage mimeMessage(Message message) throws MessagingException, JMSException {
        return message instanceof BlobMessage ? new AsItCame(new MimeMessageBlobMessageSource((BlobMessage) message))
            : new AsItCame(new MimeMessageObjectMessageSource((ObjectMessage) message));
    }

    /** James copies the message that comes out of a queue, with question marks for whatever is not ASCII in its header. */
    private static final class AsItCame extends MimeMessageWrapper {
        private AsItCame(MimeMessageSource source) {
            super(source);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException, MessagingException {
            if (isModified()) {
                super.writeTo(out);
                return;
            }
            try (InputStream in = getMessageInputStream()) {
                in.transferTo(out);
            }
        }
    }
}
