/**
 * Reading and writing messages as streams (RFC 5322, RFC 2045 to 2047, RFC 2231).
 *
 * <p>{@link io.mailveil.mime.MessageRewriter} is the one way through. {@link io.mailveil.mime.MessageWalker} goes from part to part over
 * {@link io.mailveil.mime.Lines}, a cursor that knows the boundaries, and writes to a {@link io.mailveil.mime.MessageOutput}, which
 * cannot write a line that is too long. {@link io.mailveil.mime.PartHeader} says what a part is ({@link io.mailveil.mime.PartKind}) and
 * writes its header; {@link io.mailveil.mime.TextPart} works on text, with a class for each form of text: calendars, vCards, delivery
 * status. A {@link io.mailveil.mime.Scrubber} finds what must be hidden in a {@link io.mailveil.mime.Reading} of the text;
 * {@link io.mailveil.mime.AddressBounds} says where an address begins and ends, {@link io.mailveil.mime.EncodedText} looks into base64
 * within text.
 *
 * <p>{@link io.mailveil.mime.DeliveryReport} reads what came back, {@link io.mailveil.mime.DeliveryNotice} writes a report of our own;
 * neither lets anything through.
 *
 * <p>What is to be hidden and by what it is replaced, how ids are sealed, and which header a message gets is the business of the caller,
 * who gives a {@link io.mailveil.mime.Rewriting}. A message that cannot be read for certain ends in an {@link
 * io.mailveil.mime.UnreadableMessageException}, never in a guess.
 *
 * <p>A new kind of part is a {@link io.mailveil.mime.PartKind} with its media types and file names, and a case in the walker or in
 * {@link io.mailveil.mime.TextPart}; it needs a message in the tests for each direction.
 */
package io.mailveil.mime;
