package io.mailveil.james;

import javax.inject.Inject;

import org.apache.mailet.Mail;

import io.mailveil.address.ReturnPaths;
import io.mailveil.gateway.Directory;

/** Matches return paths of this gateway, genuine or not, in domains of this server (DESIGN.md section 4). */
public final class RecipientIsReturnPath extends GatewayMatcher {
    private final Directory directory;

    @Inject
    RecipientIsReturnPath(Directory directory) {
        this.directory = directory;
    }

    @Override
    Question ask(Mail mail) {
        return recipient -> ReturnPaths.hasForm(recipient) && directory.isLocalDomain(recipient.domain());
    }
}
