package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.gateway.Settings;

/** Matches addresses in {@code inside.domains} (DESIGN.md section 10). */
public final class RecipientIsInside extends GatewayMatcher {
    private final Settings settings;

    @Inject
    RecipientIsInside(Settings settings) {
        this.settings = settings;
    }

    @Override
    Question ask(Mail mail) {
        return settings::isInside;
    }
}
