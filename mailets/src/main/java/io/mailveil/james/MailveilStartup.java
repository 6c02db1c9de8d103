package io.mailveil.james;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.utils.UserDefinedStartable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.store.StoreException;

/**
 * Runs once when James starts: brings the recipient rewrite table in step, makes held mail visible, looks over the chain, and begins the
 * daily work. {@code guice.extension.startable}.
 */
public final class MailveilStartup implements UserDefinedStartable {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailveilStartup.class);

    private final RouteTable routes;
    private final HeldMail held;
    private final ChainCheck chain;
    private final Retention retention;
    private final Gauges gauges;

    @Inject
    MailveilStartup(RouteTable routes, HeldMail held, ChainCheck chain, Retention retention, Gauges gauges) {
        this.routes = routes;
        this.held = held;
        this.chain = chain;
        this.retention = retention;
        this.gauges = gauges;
    }

    @Override
    public void start() {
        try {
            routes.reconcile();
            // James notes in the database that the repository is there: too late when the first mail is held because that is away
            held.count();
            chain.problems().forEach(problem -> LOGGER.warn("mailetcontainer.xml is put together wrongly. {}", problem));
            gauges.register();
            retention.start();
            LOGGER.info("Mailveil has started");
        } catch (MessagingException e) {
            throw new StoreException("The repository for held mail cannot be opened", e);
        } catch (RecipientRewriteTableException e) {
            throw new StoreException("James's recipient rewrite table cannot be brought in step with the public addresses", e);
        }
    }
}
