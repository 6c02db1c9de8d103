package io.mailveil.james;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.james.util.MDCStructuredLogger;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.GenericMailet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import com.google.common.collect.ImmutableList;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.BounceRule;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.FailingMembers;
import io.mailveil.gateway.OutgoingNotice;
import io.mailveil.gateway.ReplyRule;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.ForwardStore;

/**
 * Takes what comes back to a return path and tells whom it concerns, in a new message ({@link BounceRule}). Nothing of what came reaches
 * anybody, since a bounce quotes addresses of both sides; it is not kept either, unless something goes wrong: then it lies in {@code
 * file://var/mail/mailveil-bounces/held/}. The mail ends here.
 *
 * <pre>{@code
 * <mailet match="All" class="io.mailveil.james.ReturnBounce"/>
 * }</pre>
 *
 * <p>Takes no parameters.
 */
public final class ReturnBounce extends GenericMailet {
    private static final Logger LOGGER = LoggerFactory.getLogger(ReturnBounce.class);
    private static final String REPLY = "reply";

    private final BounceRule rule;
    private final ReplyRule replies;
    private final FailingMembers failing;
    private final ForwardStore forwards;
    private final Directory directory;
    private final MailReader reader;
    private final HeldMail held;
    private final Counters counters;

    @Inject
    ReturnBounce(BounceRule rule, ReplyRule replies, FailingMembers failing, ForwardStore forwards, Directory directory, MailReader reader,
            HeldMail held, Counters counters) {
        this.rule = rule;
        this.replies = replies;
        this.failing = failing;
        this.forwards = forwards;
        this.directory = directory;
        this.reader = reader;
        this.held = held;
        this.counters = counters;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        mail.setAttribute(new Attribute(MailReader.LEG, AttributeValue.of(getMailetName())));
        List<MailAddress> failed = new ArrayList<>();
        Set<MailAddress> phantoms = new LinkedHashSet<>();
        Exception failure = null;
        try {
            Arrival arrival = reader.arrival(mail);
            DeliveryReport report = reader.report(mail);
            for (MailAddress recipient : mail.getRecipients()) {
                try {
                    cameBack(mail, recipient, arrival, report).ifPresent(phantoms::add);
                } catch (IOException | MessagingException | RuntimeException e) {
                    failed.add(recipient);
                    failure = e;
                }
            }
        } catch (IOException | RuntimeException e) {
            failed.addAll(mail.getRecipients());
            failure = e;
        }
        if (failure != null) {
            held.holdBounce(mail, failed, failure);
        }
        if (phantoms.isEmpty()) {
            mail.setState(Mail.GHOST);
        } else {
            // as if it had been written to them; how it was proven goes with it
            mail.setRecipients(phantoms);
            mail.setState(REPLY);
        }
    }

    /** Answers with the phantom that it is to be taken to, if any. */
    private Optional<MailAddress> cameBack(Mail mail, MailAddress recipient, Arrival arrival, DeliveryReport report)
            throws IOException, MessagingException {
        EmailAddress returnPath = Addresses.of(recipient)
            .orElseThrow(() -> new UnreadableMessageException("the recipient is no return path"));
        for (int attempt = 0; attempt < GatewayMailet.ATTEMPTS; attempt++) {
            BounceRule.Decision decision = rule.decide(returnPath, arrival, report);
            if (carryOut(decision)) {
                decision.failedForward().ifPresent(failing::record);
                note(mail, recipient, decision);
                return decision.phantom().isEmpty() ? Optional.empty() : Optional.of(Addresses.toJames(decision.phantom().get()));
            }
        }
        throw GatewayMailet.changedTooOften("a notice");
    }

    /** The one place where it is noted what came back. */
    private void note(Mail mail, MailAddress recipient, BounceRule.Decision decision) {
        counters.bounce(decision.cause().key(), decision.notice().isPresent() || decision.phantom().isPresent());
        String told = decision.notice().map(notice -> notice.isToMember() ? "the member is told" : "the correspondent is told")
            .orElse("nobody is told");
        MDCStructuredLogger.forLogger(LOGGER).field("mail", mail.getName()).field("cause", decision.cause().key())
            .log(logger -> logger.info("Mail {} came back to {}: {}, {}", mail.getName(), recipient, decision.cause().key(), told));
    }

    private boolean carryOut(BounceRule.Decision decision) throws IOException, MessagingException {
        boolean done = false;
        try {
            done = decision.notice().isEmpty() || send(decision.notice().get());
        } finally {
            if (!done) {
                rule.undo(decision);
            }
        }
        return done;
    }

    private boolean send(OutgoingNotice notice) throws IOException, MessagingException {
        MailImpl mail = OwnMail.notice(notice.recipient(), notice.octets());
        try {
            OwnMail.mark(mail, getMailetName(), notice.forward());
            String state = nextState(notice.recipient());
            return forwards.handOver(notice.forward(), () -> getMailetContext().sendMail(mail, state));
        } finally {
            LifecycleUtil.dispose(mail);
        }
    }

    /** A member may be a public address, a correspondent may be a phantom: then there is more to do before it goes out. */
    private String nextState(EmailAddress recipient) {
        if (forwards.isPublic(recipient) || replies.isPhantom(recipient)) {
            return Mail.DEFAULT;
        }
        return directory.isLocalDomain(recipient.domain()) ? GatewayMailet.TRANSPORT : GatewayMailet.RELAY;
    }

    @Override
    public Collection<ProcessingState> requiredProcessingState() {
        return ImmutableList.of(new ProcessingState(REPLY), new ProcessingState(GatewayMailet.TRANSPORT),
            new ProcessingState(GatewayMailet.RELAY));
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: tells of mail that could not be delivered, without passing anything on";
    }
}
