package io.mailveil.mime;

import java.util.Optional;

/**
 * What a message is to become: asked by {@link MessageRewriter} while it goes through one message, in the order of the message. An
 * implementation may learn from what it is asked (a message inside names more people), so it serves one message only.
 */
public interface Rewriting {
    /**
     * The header fields of the new message, in order, without {@code MIME-Version} and {@code Content-*}: those are made by the rewriter.
     * Called first.
     *
     * @throws UnreadableMessageException if the old block is not good enough to be rewritten
     */
    Header header(Header old) throws UnreadableMessageException;

    /** As {@link #header}, for a message inside the message. */
    Header nestedHeader(Header old) throws UnreadableMessageException;

    /** What must not be seen, as far as it is known now. */
    Scrubber scrubber();

    /** The id as the other side may see it: of messages, parts and calendar entries; without angle brackets. */
    String id(String original);

    /** Who stands for a person of a calendar on the other side, and by what name; empty if he has to be left out. */
    Optional<Mailbox> person(Mailbox person);

    /** Whether hidden addresses are taken out of text. If not, headers, ids and the people of calendars are treated all the same. */
    boolean scrubsText();

    /** What becomes of signatures. */
    SignaturePolicy signature();

    /** Whether {@code winmail.dat}, which cannot be looked into, may pass. */
    boolean passesTnef();

    /** The limits for this message. */
    Limits limits();
}
