package io.mailveil.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.LoopMarks;
import io.mailveil.mime.DeliveryNotice;
import io.mailveil.mime.EncodedWords;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.MailDate;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.Scrubber;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Phantom;

/** Writes the notices about deliveries, in words of our own. */
final class NoticeWriter {
    private static final int MAX_SUBJECT = 200;
    /** An id that fits into a line and ends nothing there. */
    private static final Pattern ID = Pattern.compile("[!-;=?-~]{1,900}");

    private final LoopMarks loopMarks;
    private final Clock clock;

    NoticeWriter(LoopMarks loopMarks, Clock clock) {
        this.loopMarks = loopMarks;
        this.clock = clock;
    }

    /**
     * To a member, about a mail to a phantom: names the phantom and the public address.
     *
     * @param id      of his message, as he knows it
     * @param subject of his message, as it came back
     */
    OutgoingNotice toMember(Phantom phantom, BounceRule.Cause cause, Optional<String> id, Optional<String> subject, DeliveryReason reason)
            throws UnreadableMessageException {
        EmailAddress publicAddress = phantom.forward().publicAddress().address();
        boolean failed = cause == BounceRule.Cause.FAILED;
        Scrubber scrubber = Scrubber.builder().hide(phantom.correspondent().address(), phantom.address().toString())
            .show(publicAddress.domain()).show(phantom.address().domain()).build();
        Optional<String> clean = subject.map(scrubber::displayName).filter(text -> !text.isEmpty())
            .map(text -> text.substring(0, text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), MAX_SUBJECT))));
        String title = (failed ? "Your message was not delivered" : "Your message is delayed") + clean.map(text -> ": " + text).orElse("");
        String text = "Your message to " + phantom.address() + ",\nsent as " + publicAddress + ",\n"
            + (failed ? "could not be delivered.\n"
                : "has not been delivered yet. There is nothing you need to do: it will be\ntried again.\n")
            + reason(reason) + reason.said().map(said -> "The other server said: " + said + "\n").orElse("");
        DeliveryNotice notice = new DeliveryNotice(header(phantom, phantom.forward().member(), title, id), text, reportingMta(phantom),
            recipient(phantom.address(), cause, reason), returned(phantom.address(), clean, id));
        return new OutgoingNotice(phantom.forward(), phantom.forward().member(), true, guarded(notice, scrubber));
    }

    /** To a correspondent, about a mail to a public address: names nothing else. */
    OutgoingNotice toCorrespondent(Phantom phantom, Optional<String> id, DeliveryReason reason) throws UnreadableMessageException {
        EmailAddress publicAddress = phantom.forward().publicAddress().address();
        EmailAddress correspondent = phantom.correspondent().address();
        DeliveryReason tellable = reason.forCorrespondent();
        Scrubber scrubber = Scrubber.builder().hide(phantom.forward().member(), Scrubber.HIDDEN).hide(phantom.address(), Scrubber.HIDDEN)
            .show(publicAddress.domain()).build();
        String text = "Your message to " + publicAddress + " could not be delivered.\n" + reason(tellable);
        DeliveryNotice notice = new DeliveryNotice(header(phantom, correspondent, "Your message was not delivered", id), text,
            reportingMta(phantom), recipient(publicAddress, BounceRule.Cause.FAILED, tellable),
            returned(publicAddress, Optional.empty(), id));
        return new OutgoingNotice(phantom.forward(), correspondent, false, guarded(notice, scrubber));
    }

    private static String reason(DeliveryReason reason) {
        return "\nReason: " + reason.words() + " (" + reason.status() + ")\n";
    }

    private Header header(Phantom phantom, EmailAddress to, String subject, Optional<String> id) {
        String domain = phantom.forward().publicAddress().address().domain();
        List<HeaderField> fields = new ArrayList<>();
        fields.add(new HeaderField(LoopMarks.HEADER, loopMarks.create(phantom.forward().id())));
        fields.addAll(fields(EmailAddress.of("postmaster", domain), to, subject, clock));
        written(id).ifPresent(original -> fields.add(new HeaderField("In-Reply-To", original)));
        written(id).ifPresent(original -> fields.add(new HeaderField("References", original)));
        return new Header(fields);
    }

    /** What stands above every notice. */
    static List<HeaderField> fields(EmailAddress postmaster, EmailAddress to, String subject, Clock clock) {
        return List.of(
            // RFC 3464 section 2: a person who is responsible for the mail system
            new HeaderField("From", new Mailbox("Mail Delivery System", postmaster).toString()),
            new HeaderField("To", to.toString()),
            new HeaderField("Subject", EncodedWords.encode(subject)),
            new HeaderField("Date", MailDate.now(clock)),
            new HeaderField("Message-ID", '<' + ForwardId.random().toString() + '@' + postmaster.domain() + '>'),
            // RFC 3834 section 5
            new HeaderField("Auto-Submitted", "auto-replied"));
    }

    private static List<HeaderField> reportingMta(Phantom phantom) {
        return List.of(new HeaderField("Reporting-MTA", "dns; " + phantom.forward().publicAddress().address().domain()));
    }

    private static List<HeaderField> recipient(EmailAddress recipient, BounceRule.Cause cause, DeliveryReason reason) {
        List<HeaderField> fields = new ArrayList<>();
        fields.add(new HeaderField("Final-Recipient", "rfc822; " + recipient));
        fields.add(new HeaderField("Action", cause.key()));
        fields.add(new HeaderField("Status", reason.status()));
        reason.diagnostic().ifPresent(diagnostic -> fields.add(new HeaderField("Diagnostic-Code", diagnostic)));
        return fields;
    }

    private static List<HeaderField> returned(EmailAddress recipient, Optional<String> subject, Optional<String> id) {
        List<HeaderField> fields = new ArrayList<>();
        fields.add(new HeaderField("To", recipient.toString()));
        subject.ifPresent(text -> fields.add(new HeaderField("Subject", EncodedWords.encode(text))));
        written(id).ifPresent(original -> fields.add(new HeaderField("Message-ID", original)));
        return fields;
    }

    private static Optional<String> written(Optional<String> id) {
        return id.filter(original -> ID.matcher(original).matches()).map(original -> '<' + original + '>');
    }

    /** The last look: a notice with a hidden address in it does not leave. */
    private static DeliveryNotice guarded(DeliveryNotice notice, Scrubber scrubber) throws UnreadableMessageException {
        if (scrubber.findsAddress(new String(notice.octets(), StandardCharsets.UTF_8))) {
            throw new UnreadableMessageException("the notice about a delivery would show a hidden address");
        }
        return notice;
    }
}
