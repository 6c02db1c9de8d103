package io.mailveil.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.common.base.Ticker;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Forward;

/**
 * How much mail somebody may cause: messages a minute from one correspondent, from one user, and through one forward in each direction;
 * people a member may meet in an hour; recipients of one message (DESIGN.md section 7, last row; {@code limits.*}).
 *
 * <p>Only asked after {@link SmtpRules} has accepted, and only what has been accepted to its end counts: whoever is refused, or claims
 * to be somebody else, uses up nothing. All answers are "later", so nothing is lost. Each server counts for itself, in memory, and
 * begins anew at its start. Bounces to return paths and mail within the organisation have no limits.
 */
public final class FloodRule {
    private static final String IN = "in ";
    private static final String OUT = "out ";

    private final InboundRule inbound;
    private final OutboundRule outbound;
    private final int recipients;
    private final Buckets correspondents;
    private final Buckets users;
    private final Buckets throughForward;
    private final Buckets newPhantoms;

    /** By the limits of the settings, all unused. */
    public FloodRule(InboundRule inbound, OutboundRule outbound, Settings settings, Ticker ticker) {
        this.inbound = inbound;
        this.outbound = outbound;
        this.recipients = settings.recipientsPerMessage();
        this.correspondents = new Buckets(settings.messagesPerCorrespondent(), Duration.ofMinutes(1), ticker);
        this.users = new Buckets(settings.messagesPerUser(), Duration.ofMinutes(1), ticker);
        this.throughForward = new Buckets(settings.messagesPerForward(), Duration.ofMinutes(1), ticker);
        this.newPhantoms = new Buckets(settings.phantomsPerForward(), Duration.ofHours(1), ticker);
    }

    /** Who sends, as far as a session tells before there is a message. */
    public static final class Sender {
        private final String name;
        private final boolean user;

        private Sender(String name, boolean user) {
            this.name = name;
            this.user = user;
        }

        /** Somebody who has logged in, or whose network is trusted. */
        public static Sender user(String name) {
            return new Sender(name, true);
        }

        /**
         * Anybody else.
         *
         * @param network the network that he connects from: whoever gives his address from elsewhere shall not use up what is his
         */
        public static Sender correspondent(Optional<EmailAddress> address, String network) {
            return new Sender(address.map(EmailAddress::canonical).orElse("") + ' ' + network, false);
        }
    }

    /** Whether there is any limit. */
    boolean isOn() {
        return recipients > 0 || Stream.of(correspondents, users, throughForward, newPhantoms).anyMatch(Buckets::areLimited);
    }

    /** A phantom address was made for this forward. */
    public void made(ForwardId forward) {
        newPhantoms.take(forward.toString());
    }

    /**
     * Why a recipient cannot be taken now.
     *
     * @param earlier how many recipients the message has already
     * @param counts  whether mail to this recipient counts, as {@link SmtpRules#isLimited} says; asked only where there is too much
     */
    public Optional<Refusal> rcpt(Recipient recipient, Sender sender, int earlier, BooleanSupplier counts) {
        Optional<Refusal> refusal = Optional.empty();
        if (recipients > 0 && earlier >= recipients) {
            refusal = Optional.of(Refusal.TOO_MANY_RECIPIENTS);
        } else if (bucketOf(sender).isEmpty(sender.name)
                || throughForward.areLimited() && ways(recipient).stream().anyMatch(throughForward::isEmpty)) {
            refusal = Optional.of(Refusal.TOO_FAST);
        }
        return refusal.filter(why -> counts.getAsBoolean());
    }

    /**
     * Why a message cannot be taken now that {@link SmtpRules#data} has nothing against; counts it, if it can.
     *
     * @param counts to which of the recipients mail counts, as {@link SmtpRules#isLimited} says; asked only where there is any limit
     */
    public Optional<Refusal> data(Collection<Recipient> recipients, Sender sender, Arrival arrival, Predicate<Recipient> counts) {
        List<Recipient> counted = isOn() ? recipients.stream().filter(counts).collect(Collectors.toList()) : List.of();
        if (counted.isEmpty()) {
            return Optional.empty();
        }
        if (newPhantoms.areLimited() && counted.stream().anyMatch(recipient -> meetsTooMany(recipient, arrival))) {
            return Optional.of(Refusal.TOO_FAST);
        }
        bucketOf(sender).take(sender.name);
        if (throughForward.areLimited()) {
            counted.stream().flatMap(recipient -> ways(recipient).stream()).forEach(throughForward::take);
        }
        return Optional.empty();
    }

    private Buckets bucketOf(Sender sender) {
        return sender.user ? users : correspondents;
    }

    /** The forwards that mail to this recipient takes, and in which direction. */
    private static List<String> ways(Recipient recipient) {
        List<String> result = new ArrayList<>();
        recipient.phantom().ifPresent(phantom -> result.add(OUT + phantom.forward().id()));
        recipient.forwards().ifPresent(forwards -> forwards.stream().filter(Forward::forwarding)
            .forEach(forward -> result.add(IN + forward.id())));
        return result;
    }

    /** Whether a new phantom would have to be made where too many were made lately. */
    private boolean meetsTooMany(Recipient recipient, Arrival arrival) {
        if (recipient.hasFormOfPhantom()) {
            return false;
        }
        if (recipient.isPublic()) {
            List<Forward> usedUp = usedUp(recipient.forwards().get());
            return !usedUp.isEmpty() && decided(usedUp, arrival).stream().anyMatch(forward -> inbound.isNew(forward, arrival));
        }
        return outbound.isInside(arrival.proof())
            && usedUp(outbound.forward(arrival).stream().collect(Collectors.toList())).stream()
                .anyMatch(forward -> outbound.isNew(forward, recipient.address()));
    }

    private List<Forward> decided(List<Forward> some, Arrival arrival) {
        try {
            return inbound.decide(some, arrival).forwards();
        } catch (UnreadableMessageException e) {
            // will be held
            return List.of();
        }
    }

    private List<Forward> usedUp(List<Forward> some) {
        return some.stream().filter(forward -> newPhantoms.isEmpty(forward.id().toString())).collect(Collectors.toList());
    }
}
