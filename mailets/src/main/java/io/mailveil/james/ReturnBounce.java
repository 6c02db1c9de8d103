package io.mailveil.james;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.store.Traffic;

/**
 * Takes what comes back to a return path: counts it and keeps it in {@code file://var/mail/mailveil-bounces/}. Nothing of it reaches
 * anybody, since a bounce quotes addresses of both sides. The mail ends here.
 *
 * <pre>{@code
 * <mailet match="All" class="io.mailveil.james.ReturnBounce"/>
 * }</pre>
 *
 * <p>Takes no parameters.
 */
public final class ReturnBounce extends GenericMailet {
    private static final MailRepositoryUrl REPOSITORY = MailRepositoryUrl.from("file://var/mail/mailveil-bounces/");
    private static final Logger LOGGER = LoggerFactory.getLogger(ReturnBounce.class);

    private final MailRepositoryStore repositories;
    private final Counters counters;

    @Inject
    ReturnBounce(MailRepositoryStore repositories, Counters counters) {
        this.repositories = repositories;
        this.counters = counters;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        mail.setAttribute(new Attribute(MailReader.LEG, AttributeValue.of(getMailetName())));
        try {
            repositories.select(REPOSITORY).store(mail);
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("The repository for bounces cannot be opened", e);
        }
        counters.count(Traffic.BOUNCES);
        LOGGER.info("Mail {} came back to {} and is kept in {}", mail.getName(), mail.getRecipients(), REPOSITORY.asString());
        mail.setState(Mail.GHOST);
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: counts and keeps mail to a return path";
    }
}
