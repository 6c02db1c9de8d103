package io.mailveil.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableSet;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.LoopMarks;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.Limits;
import io.mailveil.mime.MailDate;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.Rewriting;
import io.mailveil.mime.Scrubber;
import io.mailveil.mime.SignaturePolicy;
import io.mailveil.mime.UnreadableMessageException;

/**
 * The table of headers of DESIGN.md section 5: what is not known to be safe does not pass. Here is what both directions have in
 * common; who is named, and how ids are mapped, is said by {@link InboundHeader} and {@link OutboundHeader}.
 *
 * <p>A new header that may pass goes into {@link #TEXT} if its body is text to be scrubbed, else it gets a case of its own in {@link
 * #passed}; either way it needs a row in the leak table of the tests.
 */
abstract class GatewayHeader implements Rewriting {
    /** Fields that pass with their text scrubbed. */
    private static final Set<String> TEXT = ImmutableSet.of("subject", "importance", "priority", "x-priority",
        "sensitivity", "auto-submitted", "precedence");
    /** Where people are named in a message inside. */
    static final List<String> PEOPLE = List.of("From", "Reply-To", "To", "Cc");

    private static final Pattern ID = Pattern.compile("<([^<>]+)>");
    /** Old mail clients cut References short as well; the first id and the last ones hold a thread together. */
    private static final int MAX_REFERENCES = 100;

    private final LoopMarks loopMarks;
    private final ForwardId forward;
    private final Settings settings;
    private final Clock clock;

    GatewayHeader(LoopMarks loopMarks, ForwardId forward, Settings settings, Clock clock) {
        this.loopMarks = loopMarks;
        this.forward = forward;
        this.settings = settings;
        this.clock = clock;
    }

    /** From, Reply-To, To, Cc and whatever else this direction says of people. */
    abstract List<HeaderField> people(Header old) throws UnreadableMessageException;

    /** As {@link #people}, for a message inside: From, Reply-To, To and Cc, whoever they name. */
    abstract List<HeaderField> nestedPeople(Header old) throws UnreadableMessageException;

    /** The domain for an id that is made here. */
    abstract String idDomain();

    @Override
    public final Header header(Header old) throws UnreadableMessageException {
        List<HeaderField> result = new ArrayList<>();
        old.all(LoopMarks.HEADER).stream().filter(LoopMarks::hasForm).limit(LoopMarks.MAX_HOPS)
            .forEach(mark -> result.add(new HeaderField(LoopMarks.HEADER, mark)));
        result.add(new HeaderField(LoopMarks.HEADER, loopMarks.create(forward)));
        result.addAll(people(old));
        addPassed(old, result);
        addMissing(result);
        return guarded(new Header(result), scrubber());
    }

    @Override
    public final Header nestedHeader(Header old) throws UnreadableMessageException {
        List<HeaderField> result = new ArrayList<>(nestedPeople(old));
        addPassed(old, result);
        return guarded(new Header(result), scrubber());
    }

    private void addPassed(Header old, List<HeaderField> result) {
        Scrubber scrubber = scrubber();
        Set<String> done = new HashSet<>();
        for (HeaderField field : old.fields()) {
            if (done.add(field.key())) {
                passed(field, scrubber).filter(body -> !body.isEmpty())
                    .ifPresent(body -> result.add(new HeaderField(field.name(), body)));
            }
        }
    }

    @Override
    public final SignaturePolicy signature() {
        return settings.signature();
    }

    @Override
    public final boolean passesTnef() {
        return settings.passesTnef();
    }

    @Override
    public final Limits limits() {
        return settings.limits();
    }

    private Optional<String> passed(HeaderField field, Scrubber scrubber) {
        String body = field.body();
        switch (field.key()) {
            case "date":
                return Optional.of(date(body));
            case "message-id":
                return ids(body).stream().findFirst().map(id -> '<' + id(id) + '>');
            case "in-reply-to":
            case "references":
                return Optional.of(sealed(ids(body)));
            default:
                return TEXT.contains(field.key()) || settings.headersKeep().contains(field.key())
                    ? Optional.of(scrubber.unstructured(body)) : Optional.empty();
        }
    }

    private String sealed(List<String> ids) {
        List<String> some = new ArrayList<>(ids);
        if (some.size() > MAX_REFERENCES) {
            some.subList(1, some.size() - MAX_REFERENCES + 1).clear();
        }
        return some.stream().map(id -> '<' + id(id) + '>').collect(Collectors.joining(" "));
    }

    /** The ids of a field: what stands in angle brackets; if nothing does, its words, as old programs wrote them. */
    private static List<String> ids(String body) {
        List<String> result = new ArrayList<>();
        Matcher matcher = ID.matcher(body);
        while (matcher.find()) {
            result.add(matcher.group(1).trim());
        }
        if (result.isEmpty()) {
            for (String word : body.split("[\\s<>]+")) {
                if (!word.isEmpty()) {
                    result.add(word);
                }
            }
        }
        return result;
    }

    /** Written anew, since comments in a date can carry a host name. */
    private String date(String body) {
        return MailDate.read(body).map(MailDate::write).orElseGet(() -> MailDate.now(clock));
    }

    private void addMissing(List<HeaderField> fields) {
        Set<String> names = fields.stream().map(HeaderField::key).collect(Collectors.toSet());
        if (!names.contains("date")) {
            fields.add(new HeaderField("Date", MailDate.now(clock)));
        }
        if (!names.contains("message-id")) {
            String token = Base64.getUrlEncoder().withoutPadding()
                .encodeToString(ForwardId.random().toString().getBytes(StandardCharsets.US_ASCII));
            fields.add(new HeaderField("Message-ID", '<' + token + '@' + idDomain() + '>'));
        }
    }

    /** The last look: if a hidden address did get into the new block, the message does not leave. */
    private Header guarded(Header header, Scrubber scrubber) throws UnreadableMessageException {
        for (HeaderField field : header.fields()) {
            if (mayNameHidden(field)) {
                continue;
            }
            if (scrubber.findsAddressInField(field.body())) {
                throw new UnreadableMessageException("the new header field " + field.name().toLowerCase(Locale.ROOT)
                    + " would show a hidden address");
            }
        }
        return header;
    }

    /** Whether this direction shows an address in this field on purpose. */
    abstract boolean mayNameHidden(HeaderField field);

    /** The body of an address field, or nothing if nobody is left in it. */
    static Optional<HeaderField> addressField(String name, List<Mailbox> mailboxes) {
        return mailboxes.isEmpty() ? Optional.empty() : Optional.of(new HeaderField(name, Mailbox.format(mailboxes)));
    }

    /** Each address once, the first name it was given. */
    static List<Mailbox> distinct(List<Mailbox> mailboxes) {
        Set<EmailAddress> seen = new HashSet<>();
        return mailboxes.stream().filter(mailbox -> seen.add(mailbox.address())).collect(Collectors.toList());
    }
}
