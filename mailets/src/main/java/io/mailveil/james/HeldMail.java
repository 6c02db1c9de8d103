package io.mailveil.james;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.james.server.core.MailImpl;
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

    /** The forwards that a held mail has still to go through; absent for all. */
    private static final AttributeName PENDING = AttributeName.of("mailveil.pending");
    private static final Logger LOGGER = LoggerFactory.getLogger(HeldMail.class);

    private final MailRepositoryStore repositories;
    private final Counters counters;

    @Inject
    HeldMail(MailRepositoryStore repositories, Counters counters) {
        this.repositories = repositories;
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
        MailImpl copy = MailImpl.duplicate(mail);
        try {
            copy.setState(Mail.DEFAULT);
            copy.setRecipients(recipients);
            copy.setErrorMessage(reason(why));
            if (!pending.isEmpty()) {
                copy.setAttribute(new Attribute(PENDING, AttributeValue.of(pending.stream()
                    .map(AttributeValue::of).collect(Collectors.toList()))));
            }
            repository().store(copy);
            counters.count(Traffic.HELD);
            LOGGER.error("Mail {} is held as {} in {}: {}. When the cause is mended, reprocess that repository",
                mail.getName(), copy.getName(), REPOSITORY.asString(), reason(why));
            LOGGER.debug("Why mail {} is held", mail.getName(), why);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }

    /** How many mails are held. */
    long count() throws MessagingException {
        return repository().size();
    }

    private MailRepository repository() throws MessagingException {
        try {
            return repositories.select(REPOSITORY);
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
