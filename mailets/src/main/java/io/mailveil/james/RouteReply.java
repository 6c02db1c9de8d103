package io.mailveil.james;

import java.util.List;
import java.util.Optional;

import javax.inject.Inject;
import javax.inject.Provider;

import org.apache.james.core.MailAddress;
import org.apache.james.mailetcontainer.api.MailProcessor;
import org.apache.mailet.Mail;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.Outgoing;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.ReplyRule;
import io.mailveil.gateway.Settings;
import io.mailveil.gateway.Unwanted;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Traffic;

/**
 * M → X becomes P → C ({@link ReplyRule}).
 *
 * <pre>{@code
 * <mailet match="All" class="io.mailveil.james.RouteReply"/>
 * }</pre>
 *
 * <p>Takes no parameters. Checks the owner and the switches itself, too; what may not pass goes to the processor {@code refused}.
 */
public final class RouteReply extends GatewayMailet {
    private final ReplyRule rule;
    private final Directory directory;
    private final Settings settings;

    @Inject
    RouteReply(ReplyRule rule, MailReader reader, HeldMail held, ForwardStore forwards, Directory directory, Settings settings,
            Counters counters, Provider<MailProcessor> processors) {
        super(reader, held, forwards, counters, processors);
        this.rule = rule;
        this.directory = directory;
        this.settings = settings;
    }

    @Override
    List<Target> targets(MailAddress recipient, EmailAddress phantom, Arrival arrival, Mail mail) {
        return List.of(new Target(recipient) {
            @Override
            Optional<Outgoing> outgoing() {
                return rule.outgoing(phantom, arrival);
            }

            @Override
            Refusal refusal() {
                return rule.refusal(phantom, arrival.proof()).orElse(Refusal.NOT_OWNER);
            }
        });
    }

    @Override
    Optional<Unwanted> unwanted(Arrival arrival) {
        return Unwanted.toPhantom(arrival, settings);
    }

    @Override
    String nextState(EmailAddress correspondent) {
        // the correspondent may himself be a phantom, of a public address that this one is a member of
        return rule.isPhantom(correspondent) || directory.isLocalDomain(correspondent.domain()) ? Mail.DEFAULT : RELAY;
    }

    @Override
    Traffic traffic() {
        return Traffic.REPLIES;
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: sends what a member writes to a phantom address to the correspondent behind it, as the public address";
    }
}
