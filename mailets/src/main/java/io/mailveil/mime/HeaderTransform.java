package io.mailveil.mime;

/** Makes the new header block of a message out of the old one. */
@FunctionalInterface
public interface HeaderTransform {
    /**
     * The fields that the new message shall have, in order. A {@code Content-Type} must not have a boundary: the rewriter
     * makes a new one.
     *
     * @throws UnreadableMessageException if the old block is not good enough to be rewritten
     */
    Header apply(Header old) throws UnreadableMessageException;
}
