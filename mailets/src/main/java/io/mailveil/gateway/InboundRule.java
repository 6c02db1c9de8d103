package io.mailveil.gateway;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.address.ReturnPaths;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;

/**
 * C → P becomes X → M for every active forward (DESIGN.md section 4, rows S1 to S4, S8, S10, S11, S14).
 *
 * <p>A forward is active for a message if its {@code forwarding} is on, its member did not write the message, the writer is not
 * blocked for it, and the message has not been through it before.
 */
public final class InboundRule {
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final ReturnPaths returnPaths;
    private final MessageIds messageIds;
    private final LoopMarks loopMarks;
    private final Settings settings;
    private final Clock clock;

    /** Over the state and the keys of this installation. */
    public InboundRule(ForwardStore forwards, PhantomStore phantoms, ReturnPaths returnPaths, MessageIds messageIds,
            LoopMarks loopMarks, Settings settings, Clock clock) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.returnPaths = returnPaths;
        this.messageIds = messageIds;
        this.loopMarks = loopMarks;
        this.settings = settings;
        this.clock = clock;
    }

    /** Which forwards a message goes through, or why it goes through none. */
    public static final class Decision {
        private final List<Forward> forwards;
        private final Optional<Refusal> refusal;

        private Decision(List<Forward> forwards, Optional<Refusal> refusal) {
            this.forwards = forwards;
            this.refusal = refusal;
        }

        /** The active forwards; empty with a refusal, and without one where the mail is to be dropped. */
        public List<Forward> forwards() {
            return forwards;
        }

        /** Why there is none. */
        public Optional<Refusal> refusal() {
            return refusal;
        }
    }

    /**
     * What can be said when the recipient is named, before there is a message; the writer is taken to be the envelope sender.
     *
     * @param all the forwards of the public address
     */
    Optional<Refusal> refusal(List<Forward> all, Optional<EmailAddress> sender, Proof proof) {
        List<Forward> active = active(all);
        if (active.isEmpty()) {
            return Optional.of(Refusal.SUSPENDED);
        }
        List<Forward> others = active.stream().filter(forward -> !proof.isFor(forward.member())).collect(Collectors.toList());
        if (others.isEmpty()) {
            return Optional.of(Refusal.NOBODY_ELSE);
        }
        if (sender.isPresent() && !settings.discardBlocked()) {
            Set<ForwardId> blocked = phantoms.blockedFor(others, sender.get());
            if (others.stream().allMatch(forward -> blocked.contains(forward.id()))) {
                return Optional.of(Refusal.BLOCKED);
            }
        }
        return Optional.empty();
    }

    /**
     * Which forwards of the public address the message goes through.
     *
     * @throws UnreadableMessageException if it does not say who wrote it
     */
    public Decision decide(EmailAddress publicAddress, Arrival arrival) throws UnreadableMessageException {
        return decide(forwards.forwardsOf(publicAddress), arrival);
    }

    Decision decide(List<Forward> all, Arrival arrival) throws UnreadableMessageException {
        if (arrival.header().all(LoopMarks.HEADER).size() > LoopMarks.MAX_HOPS) {
            return refused(Refusal.LOOP);
        }
        if (arrival.proof().kind() == Proof.Kind.DISOWNED) {
            return refused(Refusal.DISOWNED);
        }
        EmailAddress writer = correspondent(arrival).address();
        List<Forward> active = active(all);
        if (active.isEmpty()) {
            return refused(Refusal.SUSPENDED);
        }
        List<Forward> others = active.stream().filter(forward -> !isOwnMail(forward, writer, arrival)).collect(Collectors.toList());
        if (others.isEmpty()) {
            return refused(Refusal.NOBODY_ELSE);
        }
        List<Forward> fresh = others.stream().filter(forward -> !hasBeenThrough(forward, arrival)).collect(Collectors.toList());
        if (fresh.isEmpty()) {
            return refused(Refusal.LOOP);
        }
        Set<ForwardId> blocked = phantoms.blockedFor(fresh, writer);
        List<Forward> welcome = fresh.stream().filter(forward -> !blocked.contains(forward.id())).collect(Collectors.toList());
        if (welcome.isEmpty() && !settings.discardBlocked()) {
            return refused(Refusal.BLOCKED);
        }
        return new Decision(welcome, Optional.empty());
    }

    /**
     * What can be said at the end of the message; empty if it goes through a forward, and if nobody is to hear that it does not. That a
     * member writes to himself is told to him only: anybody else could find out with a forged From who is behind the address.
     *
     * @param all the forwards of the public address
     */
    Optional<Refusal> refusal(List<Forward> all, Arrival arrival) {
        try {
            return decide(all, arrival).refusal().filter(why -> why != Refusal.NOBODY_ELSE || !arrival.proof().isNobody());
        } catch (UnreadableMessageException e) {
            return Optional.empty();
        }
    }

    private static Decision refused(Refusal refusal) {
        return new Decision(List.of(), Optional.of(refusal));
    }

    private static List<Forward> active(List<Forward> forwards) {
        return forwards.stream().filter(Forward::forwarding).collect(Collectors.toList());
    }

    private static boolean isOwnMail(Forward forward, EmailAddress writer, Arrival arrival) {
        return forward.member().equals(writer) || arrival.proof().isFor(forward.member());
    }

    private boolean hasBeenThrough(Forward forward, Arrival arrival) {
        return arrival.header().all(LoopMarks.HEADER).stream().anyMatch(mark -> loopMarks.isOf(mark, forward.id()));
    }

    /** Who wrote the message: the first address in From, else the envelope sender. */
    private static Mailbox correspondent(Arrival arrival) throws UnreadableMessageException {
        Optional<Mailbox> from = arrival.header().mailboxes("From").stream().findFirst();
        return from.or(() -> arrival.sender().map(sender -> new Mailbox("", sender)))
            .orElseThrow(() -> new UnreadableMessageException("neither From nor the envelope says who wrote the message"));
    }

    private static PhantomClass kindOf(Mailbox writer, Arrival arrival) {
        return arrival.proof().isFor(writer.address()) ? PhantomClass.PROVEN : PhantomClass.UNPROVEN;
    }

    /** Whether the writer of the message has never had a phantom at this forward. */
    boolean isNew(Forward forward, Arrival arrival) {
        try {
            Mailbox writer = correspondent(arrival);
            return phantoms.isNew(forward, kindOf(writer, arrival), writer.address());
        } catch (UnreadableMessageException e) {
            return false;
        }
    }

    /**
     * The message for the member of one forward.
     *
     * @throws UnreadableMessageException if it does not say who wrote it
     */
    public Outgoing outgoing(Forward forward, Arrival arrival) throws UnreadableMessageException {
        Mailbox writer = correspondent(arrival);
        Phantom phantom = phantoms.findOrCreate(forward, kindOf(writer, arrival), new Correspondent(writer.address(), ""));
        phantoms.touch(phantom);
        boolean ownEnvelope = arrival.sender().filter(writer.address()::equals).isPresent();
        boolean mayHear = ownEnvelope && arrival.proof().kind() != Proof.Kind.FAILED
            && !AutomaticMail.isAutomatic(arrival.sender(), arrival.header());
        EmailAddress returnPath = returnPaths.create(mayHear ? Notice.CORRESPONDENT : Notice.NOBODY,
            phantom.address().localPart(), phantom.address().domain());
        return new Outgoing(forward, returnPath, forward.member(), new InboundHeader(forward, phantom, writer, arrival,
            forwards, phantoms, messageIds, loopMarks, settings, clock));
    }
}
