/**
 * What the end-to-end tests are written with: a real server ({@link io.mailveil.it.harness.TestServer}), and a
 * {@link io.mailveil.it.harness.World} for each test with people ({@link io.mailveil.it.harness.Person}) whose addresses nobody else
 * has.
 *
 * <p>Two promises are kept here so that no test can forget them. Every message that a person receives is looked through for hidden
 * addresses ({@link io.mailveil.leak.LeakOracle}) before the test sees it. And after every test each message that was delivered, kept or
 * sent anywhere must have been asked for: a test ends red if somebody else got something.
 *
 * <p>Nothing in here waits for a time: {@link io.mailveil.it.harness.TestServer#settle()} waits until the queues are empty. A new kind of
 * traffic gets a method of {@code Person}; a new server setting goes through {@link io.mailveil.it.harness.TestServer#edit}.
 */
package io.mailveil.it.harness;
