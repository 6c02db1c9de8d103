package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.store.ForwardStore;

/** Matches public addresses (DESIGN.md section 4). */
public final class RecipientIsPublicAddress extends GatewayMatcher {
    private final ForwardStore forwards;

    @Inject
    RecipientIsPublicAddress(ForwardStore forwards) {
        this.forwards = forwards;
    }

    @Override
    Question ask(Mail mail) {
        return forwards::isPublic;
    }
}
