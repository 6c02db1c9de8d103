package io.mailveil.gateway;

import java.util.Set;

import io.mailveil.address.EmailAddress;

/** What the gateway has to know of the server that it runs in. */
public interface Directory {
    /** The address of a user and every other address (aliases) that he may send as; empty if the name is no address. */
    Set<EmailAddress> addressesOf(String user);

    /** Whether this server takes mail for the domain as its own. */
    boolean isLocalDomain(String domain);
}
