package io.mailveil.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Takes a message through the gateway as a stream (DESIGN.md sections 5 and 6): a new header block, new boundaries, text scrubbed, every
 * other part copied as it came.
 *
 * <p>What goes out is well-formed whatever came in: lines end in CRLF and have at most 998 octets, preambles and epilogues are gone, and
 * each part is labelled as what it was read as. What cannot be brought into that form is held. Thread-safe, keeps nothing between
 * messages.
 */
public final class MessageRewriter {
    /** Reads only the header block, within the usual limits. */
    public Header readHeader(InputStream in) throws IOException {
        return readHeader(in, Limits.DEFAULT);
    }

    /**
     * Reads only the header block.
     *
     * @throws UnreadableMessageException if it is over a limit
     */
    public Header readHeader(InputStream in, Limits limits) throws IOException {
        return HeaderReader.read(new Lines(in), limits);
    }

    /**
     * Reads a message from {@code in} and writes what {@code rewriting} makes of it to {@code out}. Closes neither.
     *
     * @throws UnreadableMessageException if the message cannot be rewritten completely; what was written so far must be
     *                                    thrown away
     */
    public void rewrite(InputStream in, OutputStream out, Rewriting rewriting) throws IOException {
        MessageOutput output = new MessageOutput(out);
        new MessageWalker(rewriting).message(new Lines(in), output);
        output.flush();
    }

    /**
     * Whether the message has a signature or a key that {@link SignaturePolicy#REFUSE} does not let through; a look before anything is
     * decided. A message that cannot be read is not refused, but held later.
     *
     * @throws IOException if the stream fails
     */
    public boolean isSigned(InputStream in, Limits limits) throws IOException {
        try {
            rewrite(in, OutputStream.nullOutputStream(), new SignatureSearch(limits));
            return false;
        } catch (RefusedMessageException e) {
            return true;
        } catch (UnreadableMessageException e) {
            return false;
        }
    }
}
