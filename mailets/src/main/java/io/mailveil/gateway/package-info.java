/**
 * The decisions: what happens to this message for this recipient (DESIGN.md sections 4, 5 and 7).
 *
 * <p>{@link io.mailveil.gateway.Proof} says who is known to be behind a message. {@link io.mailveil.gateway.InboundRule} (C → P becomes
 * X → M), {@link io.mailveil.gateway.ReplyRule} (M → X becomes P → C) and {@link io.mailveil.gateway.OutboundRule} (M → anyone becomes
 * P → anyone) decide, and answer with {@link io.mailveil.gateway.Outgoing} messages or a {@link io.mailveil.gateway.Refusal};
 * {@link io.mailveil.gateway.SmtpRules} asks them the same questions during SMTP. {@link io.mailveil.gateway.GatewayHeader} and its two
 * subclasses hold the table of headers. A new kind of traffic is a new rule class beside these.
 *
 * <p>{@link io.mailveil.gateway.BounceRule} decides what is told of what comes back; {@code NoticeWriter} finds the words for it.
 * {@code AutomaticMail} knows mail of programs, {@link io.mailveil.gateway.Unwanted} what of it goes no further.
 *
 * <p>No James, no javax.mail, no SQL. What has to be asked of the server is in {@link io.mailveil.gateway.Directory}.
 */
package io.mailveil.gateway;
