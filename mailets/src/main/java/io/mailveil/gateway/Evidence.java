package io.mailveil.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import io.mailveil.address.EmailAddress;

/**
 * What can be found out about the sender of a message that came without a login: by SPF (RFC 7208), by DKIM (RFC 6376) and in the DNS.
 * Each method asks when it is called. What follows from the answers is not said here but by {@link SenderCheck}.
 */
public interface Evidence {
    /** What SPF says of the client that brought a message. */
    enum Spf {
        /** The domain of the envelope sends from there. */
        PASS,
        /** The domain of the envelope says that it never sends from there. */
        FAIL,
        /** The domain says nothing, nothing certain, or something that nobody understands. */
        OTHER,
        /** The DNS did not answer. */
        UNANSWERED
    }

    /** A message, to be read as often as needed, as it came over the wire. */
    @FunctionalInterface
    interface Content {
        /** From its beginning. */
        InputStream open() throws IOException;
    }

    /** @param sender the envelope sender; for {@code <>} the name in EHLO is looked at (RFC 7208 section 2.4) */
    Spf spf(InetAddress client, String helo, Optional<EmailAddress> sender);

    /**
     * The DKIM signatures that hold, of those in whose domains ({@code d=}) the caller takes an interest.
     *
     * @throws IOException if the message cannot be read
     */
    Signatures signatures(Content message, Predicate<String> domains) throws IOException;

    /**
     * The TXT records of a name, each in one piece; none if there are none.
     *
     * @throws UnansweredException if the DNS did not answer
     */
    List<String> texts(String name) throws UnansweredException;
}
