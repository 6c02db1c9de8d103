package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.Proof;
import io.mailveil.gateway.ReplyRule;

/** Matches the phantom addresses that do not belong to whoever is proven to be behind the mail (DESIGN.md section 7). */
public final class SenderIsNotOwner extends GatewayMatcher {
    private final ReplyRule rule;
    private final MailReader reader;

    @Inject
    SenderIsNotOwner(ReplyRule rule, MailReader reader) {
        this.rule = rule;
        this.reader = reader;
    }

    @Override
    Question ask(Mail mail) {
        Proof proof = reader.proof(mail);
        return recipient -> rule.isNotOwner(recipient, proof);
    }
}
