package io.mailveil.james;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.inject.Inject;
import javax.inject.Provider;

import org.apache.james.core.MailAddress;
import org.apache.james.mailetcontainer.api.MailProcessor;
import org.apache.mailet.Mail;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.InboundRule;
import io.mailveil.gateway.Outgoing;
import io.mailveil.gateway.Refusal;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Traffic;

/**
 * C → P becomes X → M for every active forward of P ({@link InboundRule}).
 *
 * <pre>{@code
 * <mailet match="All" class="io.mailveil.james.AnonymizeSender"/>
 * }</pre>
 *
 * <p>Takes no parameters. All recipients of the mail must be public addresses, as the matcher RecipientIsPublicAddress in front of the
 * processor {@code anonymize} sees to.
 */
public final class AnonymizeSender extends GatewayMailet {
    private final InboundRule rule;
    private final ForwardStore forwards;
    private final Directory directory;

    @Inject
    AnonymizeSender(InboundRule rule, MailReader reader, HeldMail held, ForwardStore forwards, Directory directory, Counters counters,
            Provider<MailProcessor> processors) {
        super(reader, held, forwards, counters, processors);
        this.rule = rule;
        this.forwards = forwards;
        this.directory = directory;
    }

    @Override
    List<Target> targets(MailAddress recipient, EmailAddress address, Arrival arrival, Mail mail) throws IOException {
        InboundRule.Decision decision = rule.decide(address, arrival);
        if (decision.refusal().isPresent()) {
            return List.of(new Refused(recipient, decision.refusal().get()));
        }
        Set<String> pending = HeldMail.pending(mail);
        List<Target> result = new ArrayList<>();
        for (Forward forward : decision.forwards()) {
            if (pending.isEmpty() || pending.contains(forward.id().toString())) {
                result.add(new ToMember(recipient, address, forward, arrival));
            }
        }
        return result;
    }

    @Override
    String nextState(EmailAddress member) {
        if (!directory.isLocalDomain(member.domain())) {
            return RELAY;
        }
        return forwards.isPublic(member) ? Mail.DEFAULT : TRANSPORT;
    }

    @Override
    Traffic traffic() {
        return Traffic.INBOUND;
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: forwards mail to a public address to its members, with the sender hidden";
    }

    private static final class Refused extends Target {
        private final Refusal refusal;

        private Refused(MailAddress recipient, Refusal refusal) {
            super(recipient);
            this.refusal = refusal;
        }

        @Override
        Optional<Outgoing> outgoing() {
            return Optional.empty();
        }

        @Override
        Refusal refusal() {
            return refusal;
        }
    }

    private final class ToMember extends Target {
        private final EmailAddress publicAddress;
        private final Arrival arrival;
        private final Forward decided;
        private boolean decidedBefore;

        private ToMember(MailAddress recipient, EmailAddress publicAddress, Forward decided, Arrival arrival) {
            super(recipient);
            this.publicAddress = publicAddress;
            this.decided = decided;
            this.arrival = arrival;
        }

        @Override
        Optional<Outgoing> outgoing() throws IOException {
            if (!decidedBefore) {
                decidedBefore = true;
                return Optional.of(rule.outgoing(decided, arrival));
            }
            Optional<Forward> now = rule.decide(publicAddress, arrival).forwards().stream()
                .filter(forward -> forward.id().equals(decided.id())).findFirst();
            return now.isPresent() ? Optional.of(rule.outgoing(now.get(), arrival)) : Optional.empty();
        }

        @Override
        Refusal refusal() {
            return Refusal.SUSPENDED;
        }

        @Override
        Optional<String> forward() {
            return Optional.of(decided.id().toString());
        }
    }
}
