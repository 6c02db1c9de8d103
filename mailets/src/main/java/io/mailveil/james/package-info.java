/**
 * Everything that touches James: mailets, matchers, SMTP hooks, WebAdmin routes, the health check and the Guice module.
 *
 * <p>All of it is thin: an adapter reads a mail or a session, asks a rule of {@code io.mailveil.gateway}, and does what the rule
 * says. {@link io.mailveil.james.Installation} puts the parts together once; {@link io.mailveil.james.MailveilModule} hands them out.
 * {@link io.mailveil.james.GatewayMailet} is what the three mailets that rewrite have in common: one message after another, each under
 * the lock of its forward, what fails is held. A new mailet for the chain begins as a rule in the gateway package and ends as one of these.
 */
package io.mailveil.james;
