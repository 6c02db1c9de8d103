package io.mailveil.james;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;

import io.mailveil.address.ReturnPaths;
import io.mailveil.gateway.BounceRule;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.FailingMembers;
import io.mailveil.gateway.FloodRule;
import io.mailveil.gateway.InboundRule;
import io.mailveil.gateway.OutboundRule;
import io.mailveil.gateway.ReplyRule;
import io.mailveil.gateway.SenderCheck;
import io.mailveil.gateway.Settings;
import io.mailveil.gateway.SmtpRules;
import io.mailveil.store.AuditStore;
import io.mailveil.store.Database;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PhantomStore;
import io.mailveil.store.TrafficCounter;

/**
 * What {@code extensions.properties} names as {@code guice.extension.module}: one {@link Installation}, and its parts for whoever
 * injects them. Mailets, matchers, hooks and routes are made by James, each time anew.
 */
public final class MailveilModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(JamesDirectory.class).in(Scopes.SINGLETON);
        bind(Directory.class).to(JamesDirectory.class);
        bind(Dns.class).to(JamesDns.class);
        bind(Installation.class).in(Scopes.SINGLETON);
        bind(Retention.class).in(Scopes.SINGLETON);
    }

    @Provides
    Settings settings(Installation installation) {
        return installation.settings();
    }

    @Provides
    Database database(Installation installation) {
        return installation.database();
    }

    @Provides
    ForwardStore forwards(Installation installation) {
        return installation.forwards();
    }

    @Provides
    PhantomStore phantoms(Installation installation) {
        return installation.phantoms();
    }

    @Provides
    AuditStore audit(Installation installation) {
        return installation.audit();
    }

    @Provides
    TrafficCounter traffic(Installation installation) {
        return installation.traffic();
    }

    @Provides
    ReturnPaths returnPaths(Installation installation) {
        return installation.returnPaths();
    }

    @Provides
    InboundRule inbound(Installation installation) {
        return installation.inbound();
    }

    @Provides
    ReplyRule replies(Installation installation) {
        return installation.replies();
    }

    @Provides
    OutboundRule outbound(Installation installation) {
        return installation.outbound();
    }

    @Provides
    BounceRule bounces(Installation installation) {
        return installation.bounces();
    }

    @Provides
    FailingMembers failing(Installation installation) {
        return installation.failing();
    }

    @Provides
    FloodRule floods(Installation installation) {
        return installation.floods();
    }

    @Provides
    SmtpRules smtp(Installation installation) {
        return installation.smtp();
    }

    @Provides
    SenderCheck senders(Installation installation) {
        return installation.senders();
    }
}
