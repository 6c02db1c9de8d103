package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.inject.Provider;
import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailetcontainer.api.MailProcessor;
import org.apache.james.metrics.api.TimeMetric;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
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
import io.mailveil.gateway.Outgoing;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.Unwanted;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.RefusedMessageException;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Traffic;

/**
 * What the three rewriting mailets have in common. One mail may become many messages; each of them is decided, rewritten and handed over
 * by itself, so that one that fails does not stop the others.
 *
 * <p>A single message is made in place and goes on at once. Of several, each goes through the processor in which it leaves at once as
 * well, mailets that somebody put there included: on the spool it would be written to disk, to be read and do the same. Only what starts
 * anew in {@code root} goes onto the spool. Whatever fails is kept by {@link HeldMail}; whatever may not pass goes to the processor {@code
 * refused}. Nothing ever goes on as it came.
 */
abstract class GatewayMailet extends GenericMailet {
    static final String REFUSED = "refused";
    static final String TRANSPORT = "transport";
    static final String RELAY = "relay";

    /** How often a decision is made again because a setting changed between decision and hand-over. */
    static final int ATTEMPTS = 5;

    private static final Logger LOGGER = LoggerFactory.getLogger(GatewayMailet.class);

    private final MailReader reader;
    private final HeldMail held;
    private final ForwardStore forwards;
    private final Counters counters;
    private final Provider<MailProcessor> processors;
    private final MessageRewriter rewriter = new MessageRewriter();

    /** {@code processors} leads to the whole chain, which James puts together after its mailets. */
    GatewayMailet(MailReader reader, HeldMail held, ForwardStore forwards, Counters counters, Provider<MailProcessor> processors) {
        this.reader = reader;
        this.held = held;
        this.forwards = forwards;
        this.counters = counters;
        this.processors = processors;
    }

    /** One message that a mail shall become. */
    abstract static class Target {
        private final MailAddress recipient;

        /** For this recipient of the mail. */
        Target(MailAddress recipient) {
            this.recipient = recipient;
        }

        /** The message, by the settings of this moment; empty if they say no. */
        abstract Optional<Outgoing> outgoing() throws IOException;

        /** Why {@link #outgoing()} was empty. */
        abstract Refusal refusal() throws IOException;

        /** The forward it goes through, if that is known without asking; it is what a held mail has to remember. */
        Optional<String> forward() {
            return Optional.empty();
        }
    }

    /** The messages that this recipient of the mail stands for; none means none, a refusal is told by the target. */
    abstract List<Target> targets(MailAddress recipient, EmailAddress address, Arrival arrival, Mail mail) throws IOException;

    /** Whether it is mail of a program that goes no further. */
    Optional<Unwanted> unwanted(Arrival arrival) {
        return Unwanted.fromAnybody(arrival);
    }

    /** The processor in which a message to this recipient leaves. */
    abstract String nextState(EmailAddress recipient);

    /** What a message that went through counts as. */
    abstract Traffic traffic();

    @Override
    public final void service(Mail mail) throws MessagingException {
        mail.setAttribute(new Attribute(MailReader.LEG, AttributeValue.of(getMailetName())));
        List<Target> targets = new ArrayList<>();
        try {
            Arrival arrival = reader.arrival(mail);
            Optional<Unwanted> unwanted = unwanted(arrival);
            if (unwanted.isPresent()) {
                drop(mail, unwanted.get());
                return;
            }
            for (MailAddress recipient : mail.getRecipients()) {
                EmailAddress address = Addresses.of(recipient)
                    .orElseThrow(() -> new UnreadableMessageException("the recipient is not an address that can be rewritten"));
                targets.addAll(targets(recipient, address, arrival, mail));
            }
        } catch (IOException | RuntimeException e) {
            held.hold(mail, mail.getRecipients(), ImmutableList.copyOf(HeldMail.pending(mail)), e);
            mail.setState(Mail.GHOST);
            return;
        }
        deliver(mail, targets);
    }

    private void drop(Mail mail, Unwanted what) {
        counters.dropped(what.key());
        MDCStructuredLogger.forLogger(LOGGER).field("mail", mail.getName()).field("cause", what.key())
            .log(logger -> logger.info("Mail {} is dropped: {}", mail.getName(), what.key()));
        mail.setState(Mail.GHOST);
    }

    private void deliver(Mail mail, List<Target> targets) throws MessagingException {
        boolean alone = targets.size() == 1 && mail instanceof MailImpl;
        Set<MailAddress> served = new LinkedHashSet<>();
        Set<MailAddress> failed = new LinkedHashSet<>();
        List<String> failedForwards = new ArrayList<>();
        Map<MailAddress, Refusal> refused = new LinkedHashMap<>();
        Exception failure = null;
        for (Target target : targets) {
            try {
                Optional<Refusal> refusal = deliver(mail, target, alone);
                refusal.ifPresent(why -> refused.put(target.recipient, why));
                if (refusal.isEmpty()) {
                    served.add(target.recipient);
                }
            } catch (IOException | MessagingException | RuntimeException e) {
                if (e instanceof RefusedMessageException && isRefusedSignature(mail)) {
                    refused.put(target.recipient, Refusal.SIGNED);
                    continue;
                }
                failure = e;
                failed.add(target.recipient);
                target.forward().ifPresent(failedForwards::add);
            }
        }
        if (failure != null) {
            held.hold(mail, failed, failedForwards, failure);
        }
        // who reads a public address through another member is served
        refused.keySet().removeAll(served);
        refused.keySet().removeAll(failed);
        if (!alone || served.isEmpty()) {
            finish(mail, refused);
        }
    }

    private boolean isRefusedSignature(Mail mail) throws MessagingException {
        try {
            return reader.isRefusedSignature(mail);
        } catch (IOException e) {
            return false;
        }
    }

    /** Tells with a refusal that the message may not leave; with nothing that it has been handed over. */
    private Optional<Refusal> deliver(Mail mail, Target target, boolean inPlace) throws IOException, MessagingException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Outgoing> outgoing = target.outgoing();
            if (outgoing.isEmpty()) {
                return Optional.of(target.refusal());
            }
            if (handOver(mail, outgoing.get(), inPlace)) {
                counters.count(traffic());
                return Optional.empty();
            }
        }
        throw changedTooOften("the message");
    }

    /** After so many {@link #ATTEMPTS}; {@code what} was under way. */
    static UnreadableMessageException changedTooOften(String what) {
        return new UnreadableMessageException("the settings of the forward changed " + ATTEMPTS + " times while " + what
            + " was under way");
    }

    private boolean handOver(Mail mail, Outgoing outgoing, boolean inPlace) throws IOException, MessagingException {
        String state = nextState(outgoing.recipient());
        MailAddress sender = Addresses.toJames(outgoing.sender());
        MailAddress recipient = Addresses.toJames(outgoing.recipient());
        MimeMessageWrapper fresh = rewrite(mail, outgoing);
        if (!inPlace) {
            MailImpl copy = MailImpl.builder().name(MailImpl.getId()).sender(sender).addRecipient(recipient).build();
            try {
                copy.setMessageNoCopy(fresh);
                OwnMail.mark(copy, getMailetName(), outgoing.forward());
                return handOver(copy, state, outgoing);
            } finally {
                LifecycleUtil.dispose(copy);
            }
        }
        MailImpl same = (MailImpl) mail;
        boolean gone = false;
        try {
            gone = forwards.handOver(outgoing.forward(), () -> {
                same.setMessageNoCopy(fresh);
                same.setSender(sender);
                same.setRecipients(ImmutableList.of(recipient));
                // nothing of the session that the mail came from goes on with it
                same.removeAllAttributes();
                OwnMail.mark(same, getMailetName(), outgoing.forward());
                same.setState(state);
            });
            return gone;
        } finally {
            if (!gone) {
                LifecycleUtil.dispose(fresh);
            }
        }
    }

    private boolean handOver(MailImpl copy, String state, Outgoing outgoing) throws MessagingException {
        if (state.equals(Mail.DEFAULT)) {
            return forwards.handOver(outgoing.forward(), () -> getMailetContext().sendMail(copy, state));
        }
        boolean gone = forwards.handOver(outgoing.forward(), () -> copy.setState(state));
        if (gone) {
            processors.get().service(copy);
        }
        return gone;
    }

    private MimeMessageWrapper rewrite(Mail mail, Outgoing outgoing) throws IOException, MessagingException {
        MimeMessageInputStreamSource source = MimeMessageInputStreamSource.create(MailImpl.getId());
        boolean done = false;
        TimeMetric time = counters.rewriting();
        try (InputStream in = MailReader.content(mail); OutputStream out = source.getWritableOutputStream()) {
            rewriter.rewrite(in, out, outgoing.rewriting());
            done = true;
        } finally {
            time.stopAndPublish();
            if (!done) {
                LifecycleUtil.dispose(source);
            }
        }
        return new MimeMessageWrapper(source);
    }

    /** Leaves of the mail what was refused, for the processor {@code refused}; nothing of it if nothing was. */
    private static void finish(Mail mail, Map<MailAddress, Refusal> refusals) throws MessagingException {
        if (refusals.isEmpty()) {
            mail.setState(Mail.GHOST);
            return;
        }
        Refusal first = refusals.values().iterator().next();
        RefuseMail.note(mail, first);
        mail.setRecipients(ImmutableList.copyOf(refusals.keySet()));
        mail.setState(REFUSED);
    }

    @Override
    public Collection<ProcessingState> requiredProcessingState() {
        return ImmutableList.of(new ProcessingState(REFUSED), new ProcessingState(TRANSPORT), new ProcessingState(RELAY));
    }
}
