package io.mailveil.james;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.ErrorResponder;
import org.eclipse.jetty.http.HttpStatus;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;

import io.mailveil.gateway.Settings;
import spark.Filter;
import spark.HaltException;
import spark.Request;
import spark.Response;

/**
 * Keeps pages of other origins out, which James's WebAdmin lets in: takes away its open CORS headers, answers no preflight, refuses a
 * foreign {@code Origin} and, against DNS rebinding, a foreign {@code Host}.
 *
 * <p>A {@code Host} is ours if it is an IP address (no name that somebody else could point here), {@code localhost}, the name of this
 * machine, or in {@code webadmin.hosts}. It also refuses to take the method from a header, with which James's check of the token
 * could be passed by, bodies that are not JSON, and those that are too long.
 */
final class OriginGuard implements Filter {
    /** Enough for every request but an import. */
    private static final int MAX_BODY_OCTETS = 65_536;
    private static final int MAX_IMPORT_OCTETS = 100_000_000;
    private static final String IMPORT = "/mailveil/import";
    private static final String JSON = "application/json";
    private static final List<String> CORS = List.of("Access-Control-Allow-Origin", "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods", "Access-Control-Request-Method");

    private final Set<String> hosts = new HashSet<>(Set.of("localhost"));

    @Inject
    OriginGuard(Settings settings) {
        hosts.addAll(settings.webadminHosts());
        try {
            InetAddress self = InetAddress.getLocalHost();
            hosts.add(self.getHostName().toLowerCase(Locale.ROOT));
            hosts.add(self.getCanonicalHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException e) {
            // a machine without a name
        }
    }

    @Override
    public void handle(Request request, Response response) {
        close(response);
        response.header("Cache-Control", "no-store");
        checkOrigin(request);
        refusePreflight(request);
        if (request.headers("X-HTTP-Method-Override") != null) {
            throw refuse(HttpStatus.BAD_REQUEST_400, "The method of a request is not taken from a header");
        }
        checkBody(request);
    }

    /** Takes away what lets pages of other origins read an answer. */
    static void close(Response response) {
        CORS.forEach(name -> response.raw().setHeader(name, null));
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
    }

    static void refusePreflight(Request request) {
        if (request.requestMethod().equals("OPTIONS")) {
            throw refuse(HttpStatus.METHOD_NOT_ALLOWED_405, "OPTIONS is not answered here");
        }
    }

    private void checkOrigin(Request request) {
        String host = Optional.ofNullable(request.headers("Host")).orElse("");
        if (!isOurs(host)) {
            throw refuse(HttpStatus.FORBIDDEN_403, "Mailveil does not answer under this host name. If it is yours, add it to"
                + " webadmin.hosts in mailveil.properties");
        }
        String origin = request.headers("Origin");
        if (origin != null && !isSame(origin, host)) {
            throw refuse(HttpStatus.FORBIDDEN_403, "Mailveil does not answer pages of other origins");
        }
    }

    private boolean isOurs(String authority) {
        Optional<String> name = host(authority);
        return name.isPresent() && (InetAddresses.isInetAddress(name.get()) || hosts.contains(name.get()));
    }

    private boolean isSame(String origin, String host) {
        int scheme = origin.indexOf("://");
        if (scheme < 0) {
            return false;
        }
        String authority = origin.substring(scheme + 3);
        // behind a proxy the page has the name of the proxy, and the request may have ours
        return authority.equalsIgnoreCase(host)
            || host(authority).filter(name -> hosts.contains(name) && !name.equals("localhost")).isPresent();
    }

    private static Optional<String> host(String authority) {
        try {
            return Optional.of(HostAndPort.fromString(authority).getHost().toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void checkBody(Request request) {
        byte[] body = request.bodyAsBytes();
        // a form that has been read already leaves no body, and must not pass for none
        boolean sent = request.contentLength() > 0 || request.headers("Transfer-Encoding") != null || body != null && body.length > 0;
        if (!sent) {
            return;
        }
        boolean isImport = request.pathInfo().equals(IMPORT);
        String type = Optional.ofNullable(request.contentType()).orElse("").split(";")[0].trim().toLowerCase(Locale.ROOT);
        if (!type.equals(isImport ? AuditRoutes.JSON_LINES : JSON)) {
            throw refuse(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "Send the body with the header Content-Type: "
                + (isImport ? AuditRoutes.JSON_LINES : JSON));
        }
        int most = isImport ? MAX_IMPORT_OCTETS : MAX_BODY_OCTETS;
        if (body != null && body.length > most) {
            throw refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, "The body has more than " + most + " octets");
        }
    }

    private static HaltException refuse(int status, String message) {
        return ErrorResponder.builder().statusCode(status).type(ErrorResponder.ErrorType.INVALID_ARGUMENT).message(message).haltError();
    }
}
