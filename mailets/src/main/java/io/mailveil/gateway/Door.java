package io.mailveil.gateway;

import java.util.List;
import java.util.Optional;

/** One server of {@code smtpserver.xml}, as far as it matters who is let in. */
public final class Door {
    /** Whether a connection can be encrypted. */
    public enum Tls { NONE, STARTTLS, IMPLICIT }

    private final String bind;
    private final Tls tls;
    private final boolean takesLogin;
    private final boolean loginNeedsTls;
    private final boolean loginRequired;
    private final Optional<String> authorizedAddresses;
    private final List<String> handlers;

    /**
     * A door.
     *
     * @param bind where it listens, {@code host:port}
     * @param takesLogin whether AUTH PLAIN and LOGIN are accepted, announced or not
     * @param loginNeedsTls whether they are only after TLS
     * @param loginRequired whether nobody may send without (Mailveil's own switch)
     * @param authorizedAddresses networks from which relaying is allowed merely because of the address
     * @param handlers simple class names of the handler chain, in order
     */
    public Door(String bind, Tls tls, boolean takesLogin, boolean loginNeedsTls, boolean loginRequired,
            Optional<String> authorizedAddresses, List<String> handlers) {
        this.bind = bind;
        this.tls = tls;
        this.takesLogin = takesLogin;
        this.loginNeedsTls = loginNeedsTls;
        this.loginRequired = loginRequired;
        this.authorizedAddresses = authorizedAddresses;
        this.handlers = List.copyOf(handlers);
    }

    String bind() {
        return bind;
    }

    boolean isOnLoopback() {
        return bind.startsWith("127.") || bind.startsWith("localhost:") || bind.startsWith("[::1]:");
    }

    Tls tls() {
        return tls;
    }

    boolean takesLogin() {
        return takesLogin;
    }

    boolean loginNeedsTls() {
        return loginNeedsTls;
    }

    boolean loginRequired() {
        return loginRequired;
    }

    Optional<String> authorizedAddresses() {
        return authorizedAddresses;
    }

    List<String> handlers() {
        return handlers;
    }
}
