package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.OutboundRule;

/** Matches all recipients of mail with an inside address as its envelope sender and nothing that proves it (DESIGN.md section 7). */
public final class SenderClaimsInside extends GatewayMatcher {
    private final OutboundRule rule;
    private final MailReader reader;

    @Inject
    SenderClaimsInside(OutboundRule rule, MailReader reader) {
        this.rule = rule;
        this.reader = reader;
    }

    @Override
    Question ask(Mail mail) {
        boolean claims = rule.claimsInside(Addresses.of(mail.getMaybeSender()), reader.proof(mail));
        return recipient -> claims;
    }
}
