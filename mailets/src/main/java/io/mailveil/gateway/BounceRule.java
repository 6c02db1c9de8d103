package io.mailveil.gateway;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.ReturnPath;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.address.ReturnPaths;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.DeliveryReport.Recipient;
import io.mailveil.mime.EncodedWords;
import io.mailveil.mime.Header;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;

/**
 * What becomes of mail to a return path (DESIGN.md sections 4 and 7, row B5). Nothing of it is passed on. A failure is told to whom the
 * letter of the return path names, in words of our own; everything else that comes there is counted and ends.
 *
 * <p>Not done here: what is told is not known to be true. Whoever has got a return path, which is the server of the other side, can say
 * that a mail failed; so a notice carries nothing of a bounce but numbers, a few harmless words, and what was sealed by this gateway.
 */
public final class BounceRule {
    private static final int FOR_GOOD = 5;
    private static final int FOR_NOW = 4;

    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final ReturnPaths returnPaths;
    private final MessageIds messageIds;
    private final Settings settings;
    private final NoticeWriter writer;
    private final RecentNotices recent = new RecentNotices();

    /** Over the state and the keys of this installation. */
    public BounceRule(ForwardStore forwards, PhantomStore phantoms, ReturnPaths returnPaths, MessageIds messageIds, LoopMarks loopMarks,
            Settings settings, Clock clock) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.returnPaths = returnPaths;
        this.messageIds = messageIds;
        this.settings = settings;
        this.writer = new NoticeWriter(loopMarks, clock);
    }

    /** What a mail to a return path turned out to be. */
    public enum Cause {
        /** A delivery that failed for good. */
        FAILED,
        /** A delivery that is still being tried. */
        DELAYED,
        /** A delivery that did not fail. */
        DELIVERED,
        /** A failure or delay that was told before. */
        REPEATED,
        /** A read receipt. */
        RECEIPT,
        /** A complaint about spam. */
        COMPLAINT,
        /** An automatic answer, or whatever else a program or a person sends there. */
        AUTOREPLY,
        /** Anything at all, to a return path that is too old, or whose phantom is blocked or gone. */
        CLOSED;

        /** For counters and logs. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done about it. */
    public static final class Decision {
        private final Cause cause;
        private Optional<OutgoingNotice> notice = Optional.empty();
        private Optional<Forward> failedForward = Optional.empty();
        private Optional<EmailAddress> phantom = Optional.empty();
        private Optional<String> told = Optional.empty();

        private Decision(Cause cause) {
            this.cause = cause;
        }

        /** What it is. */
        public Cause cause() {
            return cause;
        }

        /** Who is told, and what. */
        public Optional<OutgoingNotice> notice() {
            return notice;
        }

        /** The forward whose member does not get his mail. */
        public Optional<Forward> failedForward() {
            return failedForward;
        }

        /** The phantom that it is to be taken to, as a reply of its owner. */
        public Optional<EmailAddress> phantom() {
            return phantom;
        }
    }

    /**
     * Decides on a mail to one return path. A notice counts as sent with this.
     *
     * @param arrival the mail as it came
     * @param report  what its body says
     * @throws UnreadableMessageException if the notice would show somebody who is hidden
     */
    public Decision decide(EmailAddress returnPath, Arrival arrival, DeliveryReport report) throws UnreadableMessageException {
        Optional<ReturnPath> path = returnPaths.read(returnPath).filter(read -> !read.isExpired());
        Optional<Phantom> open = path.flatMap(read -> phantoms.find(read.phantom()))
            .filter(phantom -> phantom.address().domain().equals(returnPath.domain()) && !phantom.blocked());
        if (open.isEmpty()) {
            return new Decision(Cause.CLOSED);
        }
        Cause cause = cause(arrival, report);
        if (cause == Cause.AUTOREPLY) {
            return autoreply(path.get(), open.get(), arrival);
        }
        if (cause != Cause.FAILED && cause != Cause.DELAYED) {
            return new Decision(cause);
        }
        return path.get().notice() == Notice.MEMBER ? reply(open.get(), cause, report)
            : forwarded(path.get(), open.get(), cause, report);
    }

    /** Forgets a decision that could not be carried out, so that it can be made again. */
    public void undo(Decision decision) {
        decision.told.ifPresent(recent::forget);
    }

    private static Cause cause(Arrival arrival, DeliveryReport report) {
        if (report.kind() == DeliveryReport.Kind.RECEIPT || AutomaticMail.isReceipt(arrival.header())) {
            return Cause.RECEIPT;
        }
        if (report.kind() == DeliveryReport.Kind.COMPLAINT) {
            return Cause.COMPLAINT;
        }
        if (!AutomaticMail.isFromMailSystem(arrival.sender())) {
            return Cause.AUTOREPLY;
        }
        if (report.kind() == DeliveryReport.Kind.STATUS) {
            return cause(report.recipients());
        }
        if (AutomaticMail.isReply(arrival.header()) && !AutomaticMail.isMarkedAsFailure(arrival.header())) {
            return Cause.AUTOREPLY;
        }
        return AutomaticMail.speaksOfDelay(subject(arrival.header())) ? Cause.DELAYED : Cause.FAILED;
    }

    /** The worst of what is said; a status that says nothing comes from a failure (RFC 3464 section 2.3.3). */
    private static Cause cause(List<Recipient> recipients) {
        List<String> actions = recipients.stream().map(Recipient::action).collect(Collectors.toList());
        if (actions.stream().anyMatch(action -> action.startsWith("delayed")) && actions.stream().noneMatch(BounceRule::isFailure)) {
            return Cause.DELAYED;
        }
        return actions.isEmpty() || actions.stream().anyMatch(BounceRule::isFailure) ? Cause.FAILED : Cause.DELIVERED;
    }

    private static boolean isFailure(String action) {
        return !action.startsWith("delayed") && !action.startsWith("delivered") && !action.startsWith("relayed")
            && !action.startsWith("expanded");
    }

    /** Members know the return paths of what was forwarded to them, nobody else does. */
    private Decision autoreply(ReturnPath path, Phantom phantom, Arrival arrival) {
        Decision decision = new Decision(Cause.AUTOREPLY);
        if (settings.forwardsAutoreplies() && path.notice() != Notice.MEMBER && arrival.proof().isFor(phantom.forward().member())) {
            decision.phantom = Optional.of(phantom.address());
        }
        return decision;
    }

    /** A mail of C did not reach M: told to C if there is nobody else whom it can have reached. */
    private Decision forwarded(ReturnPath path, Phantom phantom, Cause cause, DeliveryReport report) throws UnreadableMessageException {
        Decision decision = new Decision(cause);
        Forward forward = phantom.forward();
        if (cause == Cause.DELAYED) {
            return decision;
        }
        decision.failedForward = isToMember(phantom, report) ? Optional.of(forward) : Optional.empty();
        List<Forward> active = forwards.forwardsOf(forward.publicAddress().address()).stream().filter(Forward::forwarding)
            .collect(Collectors.toList());
        boolean only = active.size() == 1 && active.get(0).id().equals(forward.id());
        boolean automatic = report.returned()
            .filter(header -> AutomaticMail.isAutomatic(Optional.of(phantom.address()), header)).isPresent();
        if (path.notice() != Notice.CORRESPONDENT || !only || automatic) {
            return decision;
        }
        Optional<String> id = original(report, MessageIds.Leg.in(phantom.address().localPart()));
        return told(decision, writer.toCorrespondent(phantom, id, reason(cause, report)), phantom, id);
    }

    /** Automatic answers of a member come back here as well, where nobody is told of them. */
    private static boolean isToMember(Phantom phantom, DeliveryReport report) {
        return report.returned().map(header -> header.mailboxes("From")).filter(from -> !from.isEmpty())
            .map(from -> from.stream().anyMatch(mailbox -> mailbox.address().equals(phantom.address()))).orElse(true);
    }

    /** A mail of M did not reach C: told to M. */
    private Decision reply(Phantom phantom, Cause cause, DeliveryReport report) throws UnreadableMessageException {
        Optional<String> id = original(report, MessageIds.Leg.out(phantom.forward().id()));
        OutgoingNotice notice = writer.toMember(phantom, cause, id, subject(report, phantom.forward()), reason(cause, report));
        return told(new Decision(cause), notice, phantom, id);
    }

    /** With the notice, if the same was not told before. Last of all: what fails before has told nobody. */
    private Decision told(Decision decision, OutgoingNotice notice, Phantom phantom, Optional<String> id) {
        String subject = (notice.isToMember() ? "r." : "f.") + decision.cause.key() + '.' + phantom.address().localPart() + '.'
            + id.orElse("");
        boolean onceOnly = id.isPresent() || decision.cause == Cause.DELAYED;
        if (!recent.mayTell(subject, id.isPresent(), onceOnly ? 1 : RecentNotices.MOST_UNIDENTIFIED)) {
            Decision repeated = new Decision(Cause.REPEATED);
            repeated.failedForward = decision.failedForward;
            return repeated;
        }
        decision.notice = Optional.of(notice);
        decision.told = Optional.of(subject);
        return decision;
    }

    /** The id of the message that came back, as its writer knows it: only he and this gateway do. */
    private Optional<String> original(DeliveryReport report, MessageIds.Leg leg) {
        return report.ids().stream().flatMap(id -> messageIds.open(id, leg).stream()).findFirst();
    }

    private static DeliveryReason reason(Cause cause, DeliveryReport report) {
        int digit = cause == Cause.DELAYED ? FOR_NOW : FOR_GOOD;
        Optional<Recipient> recipient = report.recipients().stream()
            .filter(said -> isFailure(said.action()) == (cause == Cause.FAILED)).findFirst();
        return recipient.map(said -> DeliveryReason.of(said, digit)).orElseGet(() -> DeliveryReason.of(report.text(), digit));
    }

    /** What the member wrote above his message; only of a message that is known to be his, since anybody can make up a subject. */
    private Optional<String> subject(DeliveryReport report, Forward forward) {
        return report.returned().filter(header -> header.first("Message-ID").map(field -> field.body().replaceAll("[<>\\s]", ""))
            .flatMap(id -> messageIds.open(id, MessageIds.Leg.out(forward.id()))).isPresent()).map(BounceRule::subject);
    }

    private static String subject(Header header) {
        return header.first("Subject").map(field -> EncodedWords.decode(field.body())).orElse("");
    }
}
