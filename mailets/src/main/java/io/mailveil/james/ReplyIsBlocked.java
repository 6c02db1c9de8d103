package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.ReplyRule;

/** Matches phantom addresses of forwards with {@code replies} off, and of blocked correspondents (row S9). */
public final class ReplyIsBlocked extends GatewayMatcher {
    private final ReplyRule rule;

    @Inject
    ReplyIsBlocked(ReplyRule rule) {
        this.rule = rule;
    }

    @Override
    Question ask(Mail mail) {
        return rule::isBlocked;
    }
}
