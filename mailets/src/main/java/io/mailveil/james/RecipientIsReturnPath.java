package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.address.ReturnPaths;

/** Matches the return paths that this gateway has made, old ones included (DESIGN.md section 4). */
public final class RecipientIsReturnPath extends GatewayMatcher {
    private final ReturnPaths returnPaths;

    @Inject
    RecipientIsReturnPath(ReturnPaths returnPaths) {
        this.returnPaths = returnPaths;
    }

    @Override
    Question ask(Mail mail) {
        return recipient -> returnPaths.read(recipient).isPresent();
    }
}
