package io.mailveil.james;

import java.util.Optional;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.OutboundRule;
import io.mailveil.gateway.Proof;

/**
 * Matches recipients outside of mail from inside that is about to leave as it is. In a chain in the right order there is none; it stands at
 * the doors, {@code transport} and {@code relay}, for chains in the wrong one.
 */
public final class SenderWouldShow extends GatewayMatcher {
    private final OutboundRule rule;
    private final MailReader reader;

    @Inject
    SenderWouldShow(OutboundRule rule, MailReader reader) {
        this.rule = rule;
        this.reader = reader;
    }

    @Override
    Question ask(Mail mail) {
        Proof proof = reader.proof(mail);
        Optional<EmailAddress> sender = Addresses.of(mail.getMaybeSender());
        return recipient -> rule.wouldShowSender(recipient, sender, proof);
    }
}
