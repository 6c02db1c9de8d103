package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.OutboundRule;

/** Matches all recipients of mail whose sender is proven to be one of us (DESIGN.md section 4). */
public final class SenderIsInside extends GatewayMatcher {
    private final OutboundRule rule;
    private final MailReader reader;

    @Inject
    SenderIsInside(OutboundRule rule, MailReader reader) {
        this.rule = rule;
        this.reader = reader;
    }

    @Override
    Question ask(Mail mail) {
        boolean inside = rule.isInside(reader.proof(mail));
        return recipient -> inside;
    }
}
