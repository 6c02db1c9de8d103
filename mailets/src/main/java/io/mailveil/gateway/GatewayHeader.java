package io.mailveil.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
import io.mailveil.mime.ContentField;
import io.mailveil.mime.EncodedWords;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.HeaderTransform;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.Scrubber;
import io.mailveil.mime.UnreadableMessageException;

/**
 * The table of headers of DESIGN.md section 5: what is not known to be safe does not pass. Here is what both directions have in
 * common; who is named, and how ids are mapped, is said by {@link InboundHeader} and {@link OutboundHeader}.
 *
 * <p>A new header that may pass goes into {@link #TEXT} if its body is text to be scrubbed, else it gets a case of its own in {@link
 * #passed}; either way it needs a row in the leak table of the tests.
 */
abstract class GatewayHeader implements HeaderTransform {
    /** Fields that pass with their text scrubbed. */
    private static final Set<String> TEXT = ImmutableSet.of("subject", "content-description", "importance", "priority", "x-priority",
        "sensitivity", "auto-submitted", "precedence");
    private static final Pattern ID = Pattern.compile("<([^<>]+)>");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9-]{1,40}");
    private static final Pattern LANGUAGES = Pattern.compile("[A-Za-z0-9-]{1,40}( *, *[A-Za-z0-9-]{1,40}){0,20}");
    /** Old mail clients cut References short as well; the first id and the last ones hold a thread together. */
    private static final int MAX_REFERENCES = 100;

    private final LoopMarks loopMarks;
    private final ForwardId forward;
    private final Set<String> keep;
    private final Clock clock;

    GatewayHeader(LoopMarks loopMarks, ForwardId forward, Set<String> keep, Clock clock) {
        this.loopMarks = loopMarks;
        this.forward = forward;
        this.keep = keep;
        this.clock = clock;
    }

    /** From, Reply-To, To, Cc and whatever else this direction says of people. */
    abstract List<HeaderField> people(Header old) throws UnreadableMessageException;

    /** What must not be seen in the text of this message, once {@link #people} has been called. */
    abstract Scrubber scrubber();

    /** The id as the other side may see it; without angle brackets. */
    abstract String id(String original);

    /** The domain for an id that is made here. */
    abstract String idDomain();

    @Override
    public final Header apply(Header old) throws UnreadableMessageException {
        List<HeaderField> result = new ArrayList<>();
        old.all(LoopMarks.HEADER).stream().filter(LoopMarks::hasForm).limit(LoopMarks.MAX_HOPS)
            .forEach(mark -> result.add(new HeaderField(LoopMarks.HEADER, mark)));
        result.add(new HeaderField(LoopMarks.HEADER, loopMarks.create(forward)));
        result.addAll(people(old));
        Scrubber scrubber = scrubber();
        Set<String> done = new HashSet<>();
        for (HeaderField field : old.fields()) {
            if (done.add(field.key())) {
                passed(field, scrubber).filter(body -> !body.isEmpty())
                    .ifPresent(body -> result.add(new HeaderField(field.name(), body)));
            }
        }
        addMissing(result);
        return guarded(new Header(result), scrubber);
    }

    private Optional<String> passed(HeaderField field, Scrubber scrubber) {
        String body = field.body();
        switch (field.key()) {
            case "date":
                return Optional.of(date(body));
            case "message-id":
            case "content-id":
                return ids(body).stream().findFirst().map(id -> '<' + id(id) + '>');
            case "in-reply-to":
            case "references":
                return Optional.of(sealed(ids(body)));
            case "mime-version":
                return Optional.of("1.0");
            case "content-type":
            case "content-disposition":
                return ContentField.parse(body).map(content -> content.scrubbed(scrubber));
            case "content-transfer-encoding":
                return Optional.of(body).filter(value -> TOKEN.matcher(value).matches());
            case "content-language":
                return Optional.of(body).filter(value -> LANGUAGES.matcher(value).matches() && !scrubber.finds(value));
            default:
                return TEXT.contains(field.key()) || keep.contains(field.key())
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

    /** Written anew, since comments in a date can carry a host name (RFC 5322 section 3.3). */
    private String date(String body) {
        String bare = body.replaceAll("\\([^)]*\\)", "").trim();
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.parse(bare, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return now();
        }
    }

    private String now() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.now(clock.withZone(ZoneOffset.UTC)));
    }

    private void addMissing(List<HeaderField> fields) {
        Set<String> names = fields.stream().map(HeaderField::key).collect(Collectors.toSet());
        if (!names.contains("date")) {
            fields.add(new HeaderField("Date", now()));
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
            if (scrubber.findsAddress(field.body()) || scrubber.findsAddress(EncodedWords.decode(field.body()))) {
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
