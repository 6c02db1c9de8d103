package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.ReplyRule;

/** Matches phantom addresses that this gateway has ever made, dead ones included (DESIGN.md section 4). */
public final class RecipientIsPhantom extends GatewayMatcher {
    private final ReplyRule rule;

    @Inject
    RecipientIsPhantom(ReplyRule rule) {
        this.rule = rule;
    }

    @Override
    Question ask(Mail mail) {
        return rule::isPhantom;
    }
}
