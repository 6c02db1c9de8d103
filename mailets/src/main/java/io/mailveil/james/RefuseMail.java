package io.mailveil.james;

import java.util.Optional;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.SmtpRules;

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
        LOGGER.info("Mail {} is refused: {}", mail.getName(), cause);
        if (proof.kind() == Proof.Kind.AUTHENTICATED) {
            tell(mail, AttributeUtils.getValueAndCastFromMail(mail, TEXT, String.class).orElse(""));
        }
    }

    /** What SMTP would have said to the first recipient that it refuses. */
    private Refusal cause(Mail mail, Proof proof) {
        return mail.getRecipients().stream()
            .flatMap(recipient -> Addresses.of(recipient).stream())
            .flatMap(recipient -> rules.rcpt(recipient, Addresses.of(mail.getMaybeSender()), proof).refusal().stream())
            .findFirst()
            .orElse(Refusal.NOT_OWNER);
    }

    private void tell(Mail mail, String why) throws MessagingException {
        Optional<MailAddress> user = AttributeUtils.getValueAndCastFromMail(mail, Mail.SMTP_AUTH_USER, String.class)
            .flatMap(EmailAddress::parse)
            .map(this::toJames);
        if (user.isEmpty()) {
            return;
        }
        MailImpl notice = MailImpl.duplicate(mail);
        try {
            // to the person, not to the public address that he may have sent as
            notice.setSender(user.get());
            getMailetContext().bounce(notice, "Your message was not sent: " + why);
        } finally {
            LifecycleUtil.dispose(notice);
        }
    }

    private MailAddress toJames(EmailAddress address) {
        try {
            return Addresses.toJames(address);
        } catch (MessagingException e) {
            throw new IllegalStateException("a user of James has an address that James refuses", e);
        }
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: counts refused mail and tells a proven sender";
    }
}
