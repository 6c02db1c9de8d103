package io.mailveil.james;

import javax.inject.Inject;

import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.utils.UserDefinedStartable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.store.StoreException;

/** Runs once when James starts: brings the recipient rewrite table in step. {@code guice.extension.startable}. */
public final class MailveilStartup implements UserDefinedStartable {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailveilStartup.class);

    private final RouteTable routes;

    @Inject
    MailveilStartup(RouteTable routes) {
        this.routes = routes;
    }

    @Override
    public void start() {
        try {
            routes.reconcile();
            LOGGER.info("Mailveil has started");
        } catch (RecipientRewriteTableException e) {
            throw new StoreException("James's recipient rewrite table cannot be brought in step with the public addresses", e);
        }
    }
}
