package io.mailveil.james;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.james.util.MDCStructuredLogger;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.RefusalNotice;
import io.mailveil.gateway.SmtpRules;
import io.mailveil.mime.Header;

/**
 * Counts mail that may not pass and tells its sender, if SMTP could not and he is proven to be the sender; anybody else hears
 * nothing, since an envelope is quickly forged (RFC 5321 section 7.1, row B4).
 *
 * <pre>{@code
 * <processor state="refused">
 *   <mailet match="All" class="io.mailveil.james.RefuseMail"/>
 *   <mailet match="All" class="ToRepository">
 *     <repositoryPath>file://var/mail/mailveil-refused/</repositoryPath>
 *   </mailet>
 * </processor>
 * }</pre>
 *
 * <p>Takes no parameters. Does not end the mail: what follows in the processor decides whether it is kept.
 */
public final class RefuseMail extends GenericMailet {
    private static final AttributeName CAUSE = AttributeName.of("mailveil.refusal");
    private static final AttributeName TEXT = AttributeName.of("mailveil.refusal.text");
    private static final Logger LOGGER = LoggerFactory.getLogger(RefuseMail.class);

    private final MailReader reader;
    private final SmtpRules rules;
    private final RefusalNotice notices = new RefusalNotice(Clock.systemUTC());
    private final Counters counters;

    @Inject
    RefuseMail(MailReader reader, SmtpRules rules, Counters counters) {
        this.reader = reader;
        this.rules = rules;
        this.counters = counters;
    }

    /** Notes why a mail is on its way here. */
    static void note(Mail mail, Refusal why) {
        mail.setAttribute(new Attribute(CAUSE, AttributeValue.of(why.cause())));
        mail.setAttribute(new Attribute(TEXT, AttributeValue.of(why.text())));
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        Proof proof = reader.proof(mail);
        if (mail.getAttribute(CAUSE).isEmpty()) {
            note(mail, cause(mail, proof));
        }
        String cause = AttributeUtils.getValueAndCastFromMail(mail, CAUSE, String.class).orElse("unknown");
        counters.refused(cause);
        MDCStructuredLogger.forLogger(LOGGER).field("mail", mail.getName()).field("cause", cause)
            .log(logger -> logger.info("Mail {} is refused: {}", mail.getName(), cause));
        Optional<EmailAddress> sender = provenSender(mail, proof);
        if (sender.isPresent()) {
            tell(mail, sender.get(), proof, AttributeUtils.getValueAndCastFromMail(mail, TEXT, String.class).orElse(""));
        }
    }

    /** What SMTP would have said to the first recipient that it refuses. */
    private Refusal cause(Mail mail, Proof proof) {
        return mail.getRecipients().stream()
            .flatMap(recipient -> Addresses.of(recipient).stream())
            .flatMap(recipient -> rules.rcpt(rules.recipient(recipient), Addresses.of(mail.getMaybeSender()), proof).refusal().stream())
            .findFirst()
            .orElse(Refusal.NOT_OWNER);
    }

    /** The person, not the public address that he may have sent as. */
    private static Optional<EmailAddress> provenSender(Mail mail, Proof proof) {
        switch (proof.kind()) {
            case AUTHENTICATED:
                return AttributeUtils.getValueAndCastFromMail(mail, Mail.SMTP_AUTH_USER, String.class).flatMap(EmailAddress::parse);
            case SPF:
            case DKIM:
                return proof.addresses().stream().findFirst();
            default:
                return Optional.empty();
        }
    }

    private void tell(Mail mail, EmailAddress sender, Proof proof, String why) throws MessagingException {
        Optional<EmailAddress> postmaster = Addresses.of(getMailetContext().getPostmaster());
        if (postmaster.isEmpty()) {
            return;
        }
        List<EmailAddress> refused = mail.getRecipients().stream().flatMap(recipient -> Addresses.of(recipient).stream())
            .collect(Collectors.toList());
        Optional<byte[]> octets = notices.octets(postmaster.get(), sender,
            new Arrival(Addresses.of(mail.getMaybeSender()), proof, header(mail)), refused, why);
        if (octets.isPresent()) {
            send(sender, octets.get());
        }
    }

    /** What cannot be read says nothing of who wrote it. */
    private Header header(Mail mail) throws MessagingException {
        try {
            return reader.header(mail);
        } catch (IOException e) {
            return Header.EMPTY;
        }
    }

    private void send(EmailAddress user, byte[] octets) throws MessagingException {
        MailImpl notice = OwnMail.notice(user, octets);
        try {
            getMailetContext().sendMail(notice);
        } finally {
            LifecycleUtil.dispose(notice);
        }
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: counts refused mail and tells a proven sender";
    }
}
