/**
 * A James mail server on embedded Derby, put together from the published parts of James 3.8.1 the way its JPA application is, and the
 * program that starts it in the foreground: with its own configuration folder, or as the demo world.
 *
 * <p>Nothing in here knows how Mailveil works. The extension comes in through {@code extensions-jars/}, exactly as it comes into
 * any other James, and is never on the class path. The Guice modules follow James's names for things; change them when James changes.
 */
package io.mailveil.server;
