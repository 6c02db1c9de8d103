package io.mailveil.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.common.base.Splitter;

/** Whether the servers that take all remote mail can be reached: {@code gateway} and {@code gatewayPort} of James's RemoteDelivery. */
public final class SmarthostCheck {
    private static final String CHECK = "smarthost";
    private static final int SMTP_PORT = 25;
    private static final int HIGHEST_PORT = 65535;
    private static final Splitter LIST = Splitter.on(',').trimResults().omitEmptyStrings();

    /** Tries a server. */
    public interface Connection {
        /** Opens a connection and closes it again; the message of the exception says why there is none. */
        void open(String host, int port) throws IOException;
    }

    private SmarthostCheck() {
    }

    /**
     * Tries every one of them, and is content only if all can be reached: James takes any.
     *
     * @param gateway {@code host} or {@code host:port}, several with commas between; empty for none
     * @param gatewayPort of those that have none of their own; 25 if it is empty
     */
    public static Finding check(String gateway, Optional<String> gatewayPort, Connection connection) {
        List<String> servers = LIST.splitToList(gateway);
        if (servers.isEmpty()) {
            return Finding.ok(CHECK, "There is none: mail goes where the MX records of the recipients say. Some providers close port"
                + " 25 to the outside; then set MAILVEIL_SMARTHOST");
        }
        List<String> problems = new ArrayList<>();
        for (String server : servers) {
            int colon = server.indexOf(':');
            String host = colon < 0 ? server : server.substring(0, colon);
            String port = colon < 0 ? gatewayPort.orElse(String.valueOf(SMTP_PORT)) : server.substring(colon + 1);
            try {
                connection.open(host, port(port));
            } catch (IOException | IllegalArgumentException e) {
                problems.add(server + " cannot be reached: " + e.getMessage());
            }
        }
        String through = "Remote mail goes through " + String.join(", ", servers);
        if (problems.isEmpty()) {
            return Finding.ok(CHECK, through + ", which can be reached");
        }
        String told = through + ". " + String.join(". ", problems);
        return problems.size() < servers.size()
            ? Finding.warning(CHECK, told + ". Mail that meets it goes through another or waits; correct MAILVEIL_SMARTHOST or mend"
                + " that server")
            : Finding.error(CHECK, told + ". It waits in the queue; correct MAILVEIL_SMARTHOST or mend that server");
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > HIGHEST_PORT) {
            throw new IllegalArgumentException("'" + text + "' is no port; a number from 1 to " + HIGHEST_PORT + " is");
        }
        return Integer.parseInt(text);
    }
}
