package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.apache.james.mime4j.dom.address.AddressList;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.util.ByteSequence;
import org.apache.james.mime4j.util.ContentUtil;

import com.google.common.collect.ImmutableList;

import io.mailveil.address.EmailAddress;

/** A name and an address as they stand in From, To and their like (RFC 5322 section 3.4). */
public final class Mailbox {
    private final String name;
    private final EmailAddress address;

    /** {@code name} is plain text, "" for none. */
    public Mailbox(String name, EmailAddress address) {
        this.name = name;
        this.address = address;
    }

    /**
     * The mailboxes of a field body. Groups are flattened and their names dropped; what is not an address is dropped, since what
     * cannot be read cannot be hidden.
     */
    public static List<Mailbox> parseList(String body) {
        ByteSequence raw = ContentUtil.encode(StandardCharsets.UTF_8, body);
        AddressList list = LenientAddressParser.DEFAULT.parseAddressList(raw, new ParserCursor(0, raw.length()));
        ImmutableList.Builder<Mailbox> result = ImmutableList.builder();
        for (org.apache.james.mime4j.dom.address.Mailbox entry : list.flatten()) {
            address(text(entry.getLocalPart()), text(entry.getDomain()))
                .map(address -> new Mailbox(EncodedWords.decode(text(entry.getName())), address))
                .ifPresent(result::add);
        }
        return result.build();
    }

    private static String text(String octets) {
        return octets == null ? "" : EncodedWords.fromOctets(octets);
    }

    private static Optional<EmailAddress> address(String localPart, String domain) {
        try {
            return Optional.of(EmailAddress.of(localPart, domain));
        } catch (IllegalArgumentException bare) {
            try {
                String quoted = '"' + localPart.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
                return Optional.of(EmailAddress.of(quoted, domain));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /** The body of an address field. */
    public static String format(List<Mailbox> mailboxes) {
        return mailboxes.stream().map(Mailbox::toString).collect(Collectors.joining(", "));
    }

    /** The name as plain text, "" if there is none. */
    public String name() {
        return name;
    }

    /** The address. */
    public EmailAddress address() {
        return address;
    }

    /** As it is written in a header field. */
    @Override
    public String toString() {
        return name.isEmpty() ? address.toString() : EncodedWords.encodeDisplayName(name) + " <" + address + ">";
    }
}
