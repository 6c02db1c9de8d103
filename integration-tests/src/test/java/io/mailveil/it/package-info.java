/**
 * The end-to-end tests: the unpacked distribution as it is shipped, started as a process of its own, with the extension in
 * {@code extensions-jars/}; mail comes in by SMTP, and is looked at by IMAP and in a server that plays the rest of the world.
 *
 * <p>{@link io.mailveil.it.StoriesIT} are the use cases, to be read as prose; the other classes go through switches, refusals, headers,
 * administration, failures and the start, each table of DESIGN.md in one class. Helpers are in {@code io.mailveil.it.harness}. Tests named
 * {@code ...IT} are run by {@code ./mvnw verify}.
 */
package io.mailveil.it;
