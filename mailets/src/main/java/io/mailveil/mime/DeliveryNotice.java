package io.mailveil.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;

import com.google.common.collect.ImmutableList;
import com.google.common.io.BaseEncoding;

/**
 * Writes a delivery status notification (RFC 3464, in a multipart/report of RFC 6522): a text, the fields about the message and its one
 * recipient, and a few fields of the message itself. Every octet of it comes from the caller or is fixed.
 *
 * <p>James's own builder is made for the postmaster of an open house: it writes the names of hosts, the recipient as it is in the envelope,
 * the subject as a file name, and the words of the other server.
 */
public final class DeliveryNotice {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Header header;
    private final String text;
    private final List<HeaderField> message;
    private final List<HeaderField> recipient;
    private final List<HeaderField> returned;

    /**
     * From these.
     *
     * @param header    the fields of the notice, without MIME-Version and Content-*
     * @param text      for people: ASCII, lines ended by LF
     * @param message   the fields about the message (RFC 3464 section 2.2)
     * @param recipient the fields about its recipient (RFC 3464 section 2.3)
     * @param returned  what is shown of the header of the message
     */
    public DeliveryNotice(Header header, String text, List<HeaderField> message, List<HeaderField> recipient, List<HeaderField> returned) {
        this.header = header;
        this.text = text;
        this.message = ImmutableList.copyOf(message);
        this.recipient = ImmutableList.copyOf(recipient);
        this.returned = ImmutableList.copyOf(returned);
    }

    /** The message, lines ended by CRLF. */
    public byte[] octets() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        MessageOutput out = new MessageOutput(octets);
        try {
            write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }

    private void write(MessageOutput out) throws IOException {
        byte[] random = new byte[15];
        RANDOM.nextBytes(random);
        String boundary = "=_" + BaseEncoding.base32().lowerCase().omitPadding().encode(random);
        fields(header.fields(), out);
        out.line("MIME-Version: 1.0");
        out.field(new HeaderField("Content-Type", "multipart/report; report-type=delivery-status; boundary=\"" + boundary + '"'));
        out.line("");
        out.line("--" + boundary);
        out.line("Content-Type: text/plain; charset=us-ascii");
        out.line("");
        for (String line : text.split("\n")) {
            out.line(line);
        }
        out.line("--" + boundary);
        out.line("Content-Type: message/delivery-status");
        out.line("");
        fields(message, out);
        out.line("");
        fields(recipient, out);
        out.line("");
        out.line("--" + boundary);
        out.line("Content-Type: text/rfc822-headers");
        out.line("");
        fields(returned, out);
        out.line("");
        out.line("--" + boundary + "--");
    }

    private static void fields(List<HeaderField> fields, MessageOutput out) throws IOException {
        for (HeaderField field : fields) {
            out.field(field);
        }
    }
}
