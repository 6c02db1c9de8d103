package io.mailveil.james;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

import com.google.common.collect.ImmutableList;

import io.mailveil.address.EmailAddress;

/**
 * Asks one question about every recipient of a mail. If it cannot be answered (the store is down, say), the mail goes to the {@code error}
 * processor, marked so that it is held there: a matcher that guesses would let mail pass unhidden.
 */
abstract class GatewayMatcher extends GenericMatcher {
    /** Called once per mail; the result answers for each recipient. */
    abstract Question ask(Mail mail);

    /** Yes or no for one recipient. */
    @FunctionalInterface
    interface Question {
        boolean matches(EmailAddress recipient);
    }

    @Override
    public final Collection<MailAddress> match(Mail mail) throws MessagingException {
        try {
            Question question = ask(mail);
            List<MailAddress> result = new ArrayList<>();
            for (MailAddress recipient : mail.getRecipients()) {
                Optional<EmailAddress> address = Addresses.of(recipient);
                if (address.isPresent() && question.matches(address.get())) {
                    result.add(recipient);
                }
            }
            return ImmutableList.copyOf(result);
        } catch (RuntimeException e) {
            mail.setAttribute(new Attribute(MailReader.LEG, AttributeValue.of(getMatcherName())));
            throw new MessagingException("The matcher " + getMatcherName() + " cannot tell", e);
        }
    }
}
