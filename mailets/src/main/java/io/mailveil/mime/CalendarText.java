package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import com.google.common.collect.ImmutableSet;

import io.mailveil.address.EmailAddress;

/**
 * An iCalendar object for the other side (RFC 5545, RFC 5546): the people in it become those who stand for them there, so that an
 * invitation can be answered; {@code UID} is sealed or opened like the id of a message, so that the answer belongs to the invitation.
 *
 * <p>Free text loses addresses; what a program wrote ({@code X-...}, {@code PRODID}) loses domains too. Not done: attachments
 * within the calendar.
 */
final class CalendarText {
    private static final Set<String> PEOPLE = ImmutableSet.of("ORGANIZER", "ATTENDEE", "CALENDAR-ADDRESS", "VOTER");
    private static final Set<String> IDS = ImmutableSet.of("UID", "RELATED-TO");
    private static final Set<String> TEXTS = ImmutableSet.of("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "URL", "ATTACH",
        "CONFERENCE", "CATEGORIES", "RESOURCES", "STYLED-DESCRIPTION", "REQUEST-STATUS");
    private static final Set<String> PARAMETERS_WITH_PEOPLE = ImmutableSet.of("SENT-BY", "DELEGATED-TO", "DELEGATED-FROM", "MEMBER",
        "EMAIL");
    /** What Outlook and CalDAV servers write for somebody without an address. */
    private static final String NOBODY = "invalid:nomail";

    private final Rewriting rewriting;

    CalendarText(Rewriting rewriting) {
        this.rewriting = rewriting;
    }

    String rewrite(String text) {
        return ContentLines.map(text, false, this::line);
    }

    private Optional<String> line(String line) {
        Optional<ContentLine> parsed = ContentLine.parse(line);
        if (parsed.isEmpty()) {
            return Optional.of(scrubbed(line, rewriting.scrubber()::structural));
        }
        ContentLine property = parsed.get();
        String key = property.key();
        if (PEOPLE.contains(key)) {
            return person(property).map(ContentLine::toString);
        }
        String value;
        if (IDS.contains(key) && !property.value().isBlank()) {
            value = rewriting.id(property.value().trim());
        } else if (key.equals("X-ALT-DESC")) {
            value = scrubbed(property.value(), rewriting.scrubber()::html);
        } else if (TEXTS.contains(key)) {
            value = scrubbed(ContentLinks.url(property.value(), rewriting::id), rewriting.scrubber()::addresses);
        } else {
            value = scrubbed(property.value(), rewriting.scrubber()::structural);
        }
        return Optional.of(property.with(parameters(property), value).toString());
    }

    private String scrubbed(String text, UnaryOperator<String> scrub) {
        return rewriting.scrubsText() ? scrub.apply(text) : text;
    }

    private List<String> parameters(ContentLine property) {
        List<String> result = new ArrayList<>();
        for (String parameter : property.parameters()) {
            result.add(scrubbed(parameter, rewriting.scrubber()::structural));
        }
        return result;
    }

    /** Empty for somebody who has to be left out; an organizer has to be there (RFC 5546 section 3.2), but can be nobody. */
    private Optional<ContentLine> person(ContentLine property) {
        Optional<EmailAddress> address = address(property.value());
        if (address.isEmpty()) {
            return Optional.of(property.with(personParameters(property, property.parameter("CN")
                .map(rewriting.scrubber()::displayName).orElse("")), rewriting.scrubber().structural(property.value())));
        }
        Optional<Mailbox> other = rewriting.person(new Mailbox(property.parameter("CN").orElse(""), address.get()));
        if (other.isPresent()) {
            boolean same = other.get().address().equals(address.get());
            return Optional.of(property.with(personParameters(property, other.get().name()),
                same ? property.value() : "mailto:" + uri(other.get().address())));
        }
        return property.key().equals("ORGANIZER") ? Optional.of(property.with(List.of(), NOBODY)) : Optional.empty();
    }

    private List<String> personParameters(ContentLine property, String name) {
        List<String> result = new ArrayList<>();
        for (String parameter : property.parameters()) {
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? "" : parameter.substring(0, equals).toUpperCase(Locale.ROOT);
            if (key.equals("CN")) {
                if (name.equals(property.parameter("CN").orElse(""))) {
                    result.add(parameter);
                } else if (!name.isEmpty()) {
                    result.add("CN=" + quoted(name));
                }
            } else if (PARAMETERS_WITH_PEOPLE.contains(key)) {
                people(parameter.substring(equals + 1)).ifPresent(people -> result.add(key + '=' + people));
            } else if (!rewriting.scrubber().finds(parameter)) {
                result.add(parameter);
            }
        }
        return result;
    }

    /** A list of addresses in quotes (RFC 5545 section 3.2.4); those that have to be left out are. */
    private Optional<String> people(String list) {
        List<String> result = new ArrayList<>();
        for (String item : list.split(",")) {
            String bare = item.replace("\"", "").trim();
            boolean url = bare.regionMatches(true, 0, "mailto:", 0, 7);
            address(bare).flatMap(address -> rewriting.person(new Mailbox("", address)))
                .ifPresent(person -> result.add(url ? "\"mailto:" + uri(person.address()) + '"' : person.address().toString()));
        }
        return result.isEmpty() ? Optional.empty() : Optional.of(String.join(",", result));
    }

    private static Optional<EmailAddress> address(String value) {
        String text = value.trim();
        if (text.regionMatches(true, 0, "mailto:", 0, 7)) {
            text = text.substring(7);
        }
        int query = text.indexOf('?');
        String bare = query < 0 ? text : text.substring(0, query);
        return EmailAddress.parse(bare.indexOf('%') < 0 ? bare : PercentCoding.decode(bare)).or(() -> EmailAddress.parse(bare));
    }

    private static String uri(EmailAddress address) {
        return PercentCoding.encode(address.toString());
    }

    /** RFC 6868 has an escape for quotes, which old programs do not know. */
    private static String quoted(String name) {
        String clean = name.replace('"', '\'');
        boolean plain = clean.chars().allMatch(c -> c == ' ' || Character.isLetterOrDigit(c));
        return plain && clean.getBytes(StandardCharsets.UTF_8).length < 60 ? clean : '"' + clean + '"';
    }
}
