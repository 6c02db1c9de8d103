package io.mailveil.james;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.commons.lang3.ClassUtils;
import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.server.core.MailImpl;
import org.apache.james.util.MDCStructuredLogger;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.address.KeysUnavailableException;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.StoreException;
import io.mailveil.store.Traffic;

/**
 * Keeps mail that cannot be rewritten (DESIGN.md section 8): in a repository of its own, ready to go through the chain again by WebAdmin's
 * reprocess once the cause is mended.
 */
final class HeldMail {
    /** Where it is kept. */
    static final MailRepositoryUrl REPOSITORY = MailRepositoryUrl.from("file://var/mail/mailveil-held/");

    /** Where bounces are kept that cannot be read or told. */
    static final MailRepositoryUrl BOUNCES = MailRepositoryUrl.from("file://var/mail/mailveil-bounces/held/");

    /** The forwards that a held mail has still to go through; absent for all. */
    private static final AttributeName PENDING = AttributeName.of("mailveil.pending");
    /** When it was held, in milliseconds since 1970. */
    private static final AttributeName HELD_AT = AttributeName.of("mailveil.held.at");
    private static final Map<String, Traffic> LEGS = Map.of(AnonymizeSender.class.getSimpleName(), Traffic.INBOUND,
        RouteReply.class.getSimpleName(), Traffic.REPLIES, SendAsPublicAddress.class.getSimpleName(), Traffic.OUTBOUND,
        ReturnBounce.class.getSimpleName(), Traffic.BOUNCES);
    private static final Logger LOGGER = LoggerFactory.getLogger(HeldMail.class);

    private final MailRepositoryStore repositories;
    private final MailQueueFactory<?> queues;
    private final Counters counters;

    @Inject
    HeldMail(MailRepositoryStore repositories, MailQueueFactory<?> queues, Counters counters) {
        this.repositories = repositories;
        this.queues = queues;
        this.counters = counters;
    }

    /** Those forwards that the mail has still to go through; empty if nothing limits them. */
    static Set<String> pending(Mail mail) {
        return AttributeUtils.getValueAndCastFromMail(mail, PENDING, Collection.class).stream()
            .flatMap(values -> ((Collection<?>) values).stream())
            .map(value -> value instanceof AttributeValue ? ((AttributeValue<?>) value).value() : value)
            .map(String::valueOf)
            .collect(Collectors.toSet());
    }

    /**
     * Keeps a copy for these recipients and, if any are given, these forwards. The mail itself stays as it is: what becomes of it is the
     * business of the caller.
     *
     * @throws MessagingException if it cannot be kept either; James then tries again
     */
    void hold(Mail mail, Collection<MailAddress> recipients, List<String> pending, Exception why) throws MessagingException {
        hold(mail, recipients, pending, why, REPOSITORY);
        counters.count(Traffic.HELD);
    }

    /** As {@link #hold}, for mail to a return path, whoever sends it: it is looked for in its own place, and makes nobody ill. */
    void holdBounce(Mail mail, Collection<MailAddress> recipients, Exception why) throws MessagingException {
        hold(mail, recipients, List.of(), why, BOUNCES);
        counters.bounce("held", false);
    }

    private void hold(Mail mail, Collection<MailAddress> recipients, List<String> pending, Exception why, MailRepositoryUrl place)
            throws MessagingException {
        MailImpl copy = MailImpl.duplicateWithoutMessage(mail).build();
        try {
            copy.setMessageNoCopy(UnchangedMessage.of(mail));
            copy.setState(Mail.DEFAULT);
            copy.setRecipients(recipients);
            copy.setErrorMessage(reason(why));
            copy.setAttribute(new Attribute(HELD_AT, AttributeValue.of(System.currentTimeMillis())));
            if (!pending.isEmpty()) {
                copy.setAttribute(new Attribute(PENDING, AttributeValue.of(pending.stream()
                    .map(AttributeValue::of).collect(Collectors.toList()))));
            }
            repository(place).store(copy);
            MDCStructuredLogger.forLogger(LOGGER).field("mail", mail.getName()).field("cause", reason(why))
                .log(logger -> logger.error("Mail {} is held as {} in {}: {}. When the cause is mended, reprocess that repository",
                    mail.getName(), copy.getName(), place.asString(), reason(why)));
            LOGGER.debug("Why mail {} is held", mail.getName(), why);
        } catch (IOException e) {
            throw new MessagingException("The message cannot be copied", e);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }

    /** How many mails are held. */
    long count() throws MessagingException {
        return repository().size();
    }

    /** What an administrator may know of a held mail. */
    static final class Held {
        private final String key;
        private final Mail mail;

        private Held(String key, Mail mail) {
            this.key = key;
            this.mail = mail;
        }

        String key() {
            return key;
        }

        /** Since when; a mail from before this was noted: when it was last changed. */
        Instant heldAt() {
            return AttributeUtils.getValueAndCastFromMail(mail, HELD_AT, Long.class).map(Instant::ofEpochMilli)
                .orElseGet(() -> mail.getLastUpdated().toInstant());
        }

        /** In a sentence that names no correspondent. */
        String cause() {
            return Optional.ofNullable(mail.getErrorMessage()).orElse("");
        }

        /** Which way it was going: "inbound", "replies", "outbound", "bounces"; "" if none of our mailets had it in hand. */
        String leg() {
            return AttributeUtils.getValueAndCastFromMail(mail, MailReader.LEG, String.class)
                .map(mailet -> LEGS.get(ClassUtils.getShortClassName(mailet))).map(Traffic::text).orElse("");
        }
    }

    /** Some of them, in no order. */
    List<Held> list(int limit) throws MessagingException {
        List<Held> result = new ArrayList<>();
        MailRepository repository = repository();
        for (Iterator<MailKey> keys = repository.list(); keys.hasNext() && result.size() < limit;) {
            MailKey key = keys.next();
            Mail mail = repository.retrieve(key);
            if (mail != null) {
                result.add(new Held(key.asString(), mail));
                LifecycleUtil.dispose(mail);
            }
        }
        return result;
    }

    /** Whether there is such a mail. */
    boolean isHeld(MailKey key) throws MessagingException {
        for (Iterator<MailKey> keys = repository().list(); keys.hasNext();) {
            if (keys.next().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** Puts the mail back into the chain; tells whether it was there. */
    boolean retry(MailKey key) throws MessagingException {
        MailRepository repository = repository();
        Mail mail = repository.retrieve(key);
        if (mail == null) {
            return false;
        }
        try (MailQueue spool = queues.createQueue(MailQueueFactory.SPOOL)) {
            spool.enQueue(mail);
            repository.remove(key);
            return true;
        } catch (IOException e) {
            throw new MessagingException("The spool cannot be closed", e);
        } finally {
            LifecycleUtil.dispose(mail);
        }
    }

    private MailRepository repository() throws MessagingException {
        return repository(REPOSITORY);
    }

    private MailRepository repository(MailRepositoryUrl place) throws MessagingException {
        try {
            return repositories.select(place);
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("The repository for held mail cannot be opened", e);
        }
    }

    /** Only our own exceptions are known to name no correspondent. */
    private static String reason(Exception why) {
        boolean ours = why instanceof StoreException || why instanceof KeysUnavailableException
            || why instanceof UnreadableMessageException;
        return ours ? why.getMessage() : why.getClass().getSimpleName();
    }
}
