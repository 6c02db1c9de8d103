package io.mailveil.mime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

import org.apache.james.mime4j.codec.QuotedPrintableInputStream;

import com.google.common.io.BaseEncoding;
import com.google.common.primitives.Bytes;

/**
 * One way through one message, part by part, reading and writing at once. Text is taken into memory, one part at a time; everything else
 * streams. Not to be used again.
 */
final class MessageWalker {
    /** A part without transfer encoding is looked at this far before it is copied, to see whether it can be. */
    private static final int LOOKAHEAD = 1024 * 1024;
    private static final String DEFAULT_TYPE = "text/plain";
    private static final String DEFAULT_IN_DIGEST = "message/rfc822";
    /** So much of a part is looked at before the rest is. */
    private static final int GLANCE = 256;
    /** Begins a change of alphabet in ISO 2022. */
    private static final byte ESCAPE = 0x1b;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Rewriting rewriting;
    private int parts;
    private int depth;

    MessageWalker(Rewriting rewriting) {
        this.rewriting = rewriting;
    }

    /** The message itself. */
    void message(Lines lines, MessageOutput out) throws IOException {
        Header old = HeaderReader.read(lines, rewriting.limits());
        boolean multipart = messageContent(rewriting.header(old), old, lines, out);
        if (multipart) {
            out.freshLine();
        }
    }

    private void nestedMessage(Lines lines, MessageOutput out) throws IOException {
        Header old = HeaderReader.read(lines, rewriting.limits());
        if (old.fields().isEmpty()) {
            throw new UnreadableMessageException("a message in the message that has no header");
        }
        messageContent(rewriting.nestedHeader(old), old, lines, out);
    }

    private boolean messageContent(Header fresh, Header old, Lines lines, MessageOutput out) throws IOException {
        PartHeader part = PartHeader.of(old, DEFAULT_TYPE);
        for (HeaderField field : fresh.fields()) {
            out.field(field);
        }
        // without it some readers take no notice of the type (RFC 2045 section 4)
        if (old.first("MIME-Version").isPresent() || old.first("Content-Type").isPresent()) {
            out.line("MIME-Version: 1.0");
        }
        part(part, lines, out, false);
        return part.kind() == PartKind.MULTIPART;
    }

    private void part(PartHeader part, Lines lines, MessageOutput out, boolean inEncrypted) throws IOException {
        if (++parts > rewriting.limits().parts()) {
            throw new UnreadableMessageException("more than " + rewriting.limits().parts() + " parts");
        }
        if (inEncrypted && !part.kind().isText() && part.kind() != PartKind.MULTIPART && part.kind() != PartKind.MESSAGE) {
            copy(part, new PartInputStream(lines), out);
            return;
        }
        switch (part.kind()) {
            case MULTIPART:
                descend();
                multipart(part, lines, out);
                depth--;
                break;
            case MESSAGE:
                descend();
                messagePart(part, lines, out);
                depth--;
                break;
            case ELSEWHERE:
                throw new UnreadableMessageException("a part of type " + part.mediaType() + ", of which the rest is elsewhere");
            case SIGNATURE:
                signature(part, lines, out);
                break;
            case CMS:
                cms(part, lines, out);
                break;
            case TNEF:
                if (!rewriting.passesTnef()) {
                    throw new RefusedMessageException("winmail.dat, which cannot be looked into, does not pass here");
                }
                copy(part, new PartInputStream(lines), out);
                break;
            case OPAQUE:
                opaque(part, lines, out);
                break;
            default:
                text(part, collect(lines), out);
        }
    }

    private void descend() throws UnreadableMessageException {
        if (++depth > rewriting.limits().depth()) {
            throw new UnreadableMessageException("more than " + rewriting.limits().depth() + " levels of multiparts and messages");
        }
    }

    private void header(List<HeaderField> fields, MessageOutput out) throws IOException {
        for (HeaderField field : fields) {
            out.field(field);
        }
        out.line("");
    }

    private void multipart(PartHeader part, Lines lines, MessageOutput out) throws IOException {
        if (part.mediaType().equals("multipart/signed") && rewriting.signature() == SignaturePolicy.REFUSE) {
            throw new RefusedMessageException("signed mail does not pass here");
        }
        lines.enter(part.boundary().orElseThrow());
        byte[] preamble = collect(lines);
        if (!lines.nextPart()) {
            lines.leave();
            lines.skip();
            text(part.asPlainText(), preamble, out);
            return;
        }
        byte[] random = new byte[15];
        RANDOM.nextBytes(random);
        String boundary = "=_" + BaseEncoding.base32().lowerCase().omitPadding().encode(random);
        String defaultType = part.mediaType().equals("multipart/digest") ? DEFAULT_IN_DIGEST : DEFAULT_TYPE;
        boolean encrypted = part.mediaType().equals("multipart/encrypted");
        header(part.fields(rewriting, boundary), out);
        do {
            out.line("--" + boundary);
            part(PartHeader.of(HeaderReader.read(lines, rewriting.limits()), defaultType), lines, out, encrypted);
            lines.skip();
            out.endOfPart();
            out.line("");
        } while (lines.nextPart());
        out.text("--" + boundary + "--");
        lines.leave();
        lines.skip();
    }

    private void messagePart(PartHeader part, Lines lines, MessageOutput out) throws IOException {
        boolean labelled = part.mediaType().startsWith("message/");
        if (part.encoding() == TransferEncoding.IDENTITY) {
            header(part.fields(rewriting), out);
            nestedMessage(lines, out);
        } else if (labelled) {
            // a transfer encoding is against RFC 2046 section 5.2.1 and is taken away
            header(part.fields(rewriting), out);
            nestedMessage(new Lines(decoded(part, lines)), out);
        } else {
            header(part.encodedAs(TransferEncoding.BASE64).fields(rewriting), out);
            try (OutputStream encoder = Base64.getMimeEncoder().wrap(out.asStream())) {
                MessageOutput inner = new MessageOutput(encoder);
                nestedMessage(new Lines(decoded(part, lines)), inner);
                inner.flush();
            }
        }
    }

    private static InputStream decoded(PartHeader part, Lines lines) {
        InputStream raw = new PartInputStream(lines);
        return part.encoding() == TransferEncoding.BASE64 ? Base64.getMimeDecoder().wrap(raw) : new QuotedPrintableInputStream(raw);
    }

    private void signature(PartHeader part, Lines lines, MessageOutput out) throws IOException {
        switch (rewriting.signature()) {
            case PASS:
                copy(part, new PartInputStream(lines), out);
                break;
            case REFUSE:
                throw new RefusedMessageException("signatures and keys do not pass here");
            default:
                lines.skip();
                out.line("Content-Type: text/plain; charset=us-ascii");
                out.line("");
                out.text(TextPart.NOTICE);
        }
    }

    private void cms(PartHeader part, Lines lines, MessageOutput out) throws IOException {
        InputStream in = new PartInputStream(lines);
        byte[] head = in.readNBytes(2 * CmsContent.HEAD);
        if (rewriting.signature() != SignaturePolicy.PASS && !CmsContent.isEncrypted(part.encoding().decode(head).octets())) {
            throw new RefusedMessageException("an S/MIME object that is signed and not encrypted: its signature cannot be taken off");
        }
        header(part.fields(rewriting), out);
        boolean wrap = part.encoding() == TransferEncoding.BASE64;
        out.raw(head, head.length, wrap);
        out.copy(in, wrap);
    }

    private void text(PartHeader part, byte[] raw, MessageOutput out) throws IOException {
        TextPart text = TextPart.rewrite(part, raw, rewriting);
        header(part.encodedAs(text.encoding()).fields(rewriting), out);
        out.raw(text.content(), text.content().length, false);
    }

    /** The part that the cursor stands in, if it is not too large for text. */
    private byte[] collect(Lines lines) throws IOException {
        // base64 and most of quoted-printable take less than twice the room
        int most = 2 * rewriting.limits().textOctets();
        byte[] raw = new PartInputStream(lines).readNBytes(most + 1);
        if (raw.length > most) {
            throw new UnreadableMessageException("a text part of more than " + rewriting.limits().textOctets() + " octets");
        }
        return raw;
    }

    /** Programs call anything by any name; what is small and made of characters only is text all the same. */
    private void opaque(PartHeader part, Lines lines, MessageOutput out) throws IOException {
        InputStream in = new PartInputStream(lines);
        byte[] glance = in.readNBytes(GLANCE);
        boolean mayBeText = part.encoding() != TransferEncoding.BASE64 || isText(part.encoding().decode(glance).octets());
        int most = mayBeText ? Math.min(LOOKAHEAD, rewriting.limits().textOctets()) : 0;
        byte[] head = mayBeText ? Bytes.concat(glance, in.readNBytes(Math.max(0, most + 1 - glance.length))) : glance;
        boolean whole = mayBeText && head.length <= most;
        if (whole && (isText(part.encoding().decode(head).octets()) || showsAddress(part, head))) {
            text(part.readAsText(), head, out);
        } else {
            copy(part, new SequenceInputStream(new ByteArrayInputStream(head), in), out);
        }
    }

    /** What is not in base64 is read with the eye as well, control characters in it or not. */
    private boolean showsAddress(PartHeader part, byte[] raw) {
        return rewriting.scrubsText() && part.encoding() != TransferEncoding.BASE64
            && rewriting.scrubber().findsAddress(new String(part.encoding().decode(raw).octets(), StandardCharsets.ISO_8859_1));
    }

    private static boolean isText(byte[] octets) {
        for (byte octet : octets) {
            if (octet >= 0 && octet < ' ' && octet != '\n' && octet != '\r' && octet != '\t' && octet != '\f' && octet != ESCAPE) {
                return false;
            }
        }
        return true;
    }

    private void copy(PartHeader part, InputStream in, MessageOutput out) throws IOException {
        boolean base64 = part.encoding() == TransferEncoding.BASE64;
        byte[] head = part.encoding() == TransferEncoding.IDENTITY ? in.readNBytes(LOOKAHEAD) : new byte[0];
        if (head.length < LOOKAHEAD && !isClean(head)) {
            header(part.encodedAs(TransferEncoding.BASE64).fields(rewriting), out);
            byte[] encoded = TransferEncoding.BASE64.encode(head);
            out.raw(encoded, encoded.length, true);
            return;
        }
        header(part.fields(rewriting), out);
        out.raw(head, head.length, base64);
        out.copy(in, base64);
    }

    /** Whether the octets come through as they are: short lines that end in CRLF, no NUL. */
    private static boolean isClean(byte[] octets) {
        int column = 0;
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            column = octet == '\n' ? 0 : column + 1;
            boolean lone = octet == '\n' && (i == 0 || octets[i - 1] != '\r')
                || octet == '\r' && (i + 1 == octets.length || octets[i + 1] != '\n');
            if (octet == 0 || lone || column > MessageOutput.MAX_LINE + 1) {
                return false;
            }
        }
        return true;
    }
}
