/**
 * Reading and writing messages as streams (RFC 5322, RFC 2045 to 2047, RFC 2231), on mime4j's parsers.
 *
 * <p>{@link io.mailveil.mime.MessageRewriter} is the one way through: it reads a header block, asks a {@link
 * io.mailveil.mime.HeaderTransform} for the new one, and copies the body without looking at it. What is to be hidden, and by
 * what it is replaced, is in a {@link io.mailveil.mime.Scrubber}; which header may pass is the business of the caller. A message that
 * cannot be read for certain ends in an {@link io.mailveil.mime.UnreadableMessageException}, never in a guess.
 */
package io.mailveil.mime;
