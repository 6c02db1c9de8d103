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
import io.mailveil.gateway.OutboundRule;
import io.mailveil.gateway.Outgoing;
import io.mailveil.gateway.Refusal;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Traffic;

/**
 * M → anyone outside becomes P → anyone ({@link OutboundRule}).
 *
 * <pre>{@code
 * <mailet match="All" class="io.mailveil.james.SendAsPublicAddress"/>
 * }</pre>
 *
 * <p>Takes no parameters. A sender without a public address to write as goes to the processor {@code refused}.
 */
public final class SendAsPublicAddress extends GatewayMailet {
    private final OutboundRule rule;
    private final Directory directory;

    @Inject
    SendAsPublicAddress(OutboundRule rule, MailReader reader, HeldMail held, ForwardStore forwards, Directory directory,
            Counters counters, Provider<MailProcessor> processors) {
        super(reader, held, forwards, counters, processors);
        this.rule = rule;
        this.directory = directory;
    }

    @Override
    List<Target> targets(MailAddress recipient, EmailAddress outside, Arrival arrival, Mail mail) {
        return List.of(new Target(recipient) {
            @Override
            Optional<Outgoing> outgoing() {
                return rule.outgoing(outside, arrival);
            }

            @Override
            Refusal refusal() {
                return rule.refusal(arrival).orElse(Refusal.NO_PUBLIC_ADDRESS);
            }
        });
    }

    @Override
    String nextState(EmailAddress outside) {
        return directory.isLocalDomain(outside.domain()) ? Mail.DEFAULT : RELAY;
    }

    @Override
    Traffic traffic() {
        return Traffic.OUTBOUND;
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: sends what a member writes to anyone outside as the public address";
    }
}
