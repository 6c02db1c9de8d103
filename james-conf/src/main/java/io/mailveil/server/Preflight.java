package io.mailveil.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.apache.commons.configuration2.HierarchicalConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.server.core.configuration.FileConfigurationProvider;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Looks at a working directory before James does, for the mistakes that James answers with a page of stack trace: files that are
 * missing or are not XML, addresses that are none, ports that are taken, a jar that is not there.
 *
 * <p>It does not check Mailveil's own settings: the extension does.
 */
class Preflight {
    /** Where this server is going to listen, and the file that says so. */
    static final class Endpoint {
        final String file;
        final String host;
        final int port;

        Endpoint(String file, String host, int port) {
            this.file = file;
            this.host = host;
            this.port = port;
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private static final String SMARTHOST = "MAILVEIL_SMARTHOST";
    private static final List<String> SERVERS = List.of("smtp", "imap", "pop3", "lmtp", "managesieve");
    private static final int HIGHEST_PORT = 65535;

    private final Path folder;
    private final Path conf;

    Preflight(Path folder) {
        this.folder = folder;
        this.conf = folder.resolve("conf");
    }

    void check() {
        checkFiles();
        checkExtension();
        checkSmartHost();
        checkOwnName();
        endpoints().forEach(Preflight::checkFree);
    }

    List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        SERVERS.forEach(protocol -> endpoints.addAll(endpoints(protocol)));
        webAdmin().ifPresent(endpoints::add);
        return endpoints;
    }

    List<Endpoint> endpoints(String protocol) {
        String file = protocol + "server.xml";
        return servers(file, protocol + "server")
            .filter(server -> server.getBoolean("[@enabled]", true))
            .map(server -> server.getString("bind", ""))
            .flatMap(bind -> Arrays.stream(bind.split(",")))
            .map(address -> endpoint(file, address.trim()))
            .collect(Collectors.toList());
    }

    Optional<Endpoint> webAdmin() {
        String file = "webadmin.properties";
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(conf.resolve(file))) {
            properties.load(in);
        } catch (IOException e) {
            return Optional.empty();
        }
        if (!Boolean.parseBoolean(properties.getProperty("enabled", "false").trim())) {
            return Optional.empty();
        }
        return Optional.of(endpoint(file,
            properties.getProperty("host", "localhost").trim() + ":" + properties.getProperty("port", "8000").trim()));
    }

    private void checkFiles() {
        if (!Files.isReadable(conf.resolve("mailetcontainer.xml"))) {
            throw new StartProblem("There is no configuration in " + conf + ". Start Mailveil from an unpacked distribution.");
        }
        try (Stream<Path> files = Files.list(conf)) {
            files.filter(file -> file.getFileName().toString().endsWith(".xml")).sorted().forEach(Preflight::checkXml);
        } catch (IOException e) {
            throw new StartProblem("Cannot read the folder " + conf + ".", e);
        }
    }

    private static void checkXml(Path file) {
        try {
            DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
            builder.setErrorHandler(new Silent());
            builder.parse(file.toFile());
        } catch (SAXParseException e) {
            throw new StartProblem(file + ", line " + e.getLineNumber() + ": " + e.getMessage(), e);
        } catch (SAXException | ParserConfigurationException | IOException e) {
            throw new StartProblem(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void checkExtension() {
        Path extensions = folder.resolve("extensions-jars");
        try (Stream<Path> files = Files.exists(extensions) ? Files.list(extensions) : Stream.empty()) {
            if (files.noneMatch(file -> file.getFileName().toString().endsWith(".jar"))) {
                throw new StartProblem("There is no jar in " + extensions + ". Put mailveil-mailets-<version>.jar there.");
            }
        } catch (IOException e) {
            throw new StartProblem("Cannot read the folder " + extensions + ".", e);
        }
    }

    private static void checkSmartHost() {
        String environment = Optional.ofNullable(System.getenv(SMARTHOST)).orElse("");
        String property = System.getProperty(SMARTHOST, "");
        if (!environment.isEmpty() && !property.isEmpty()) {
            throw new StartProblem(SMARTHOST + " is set in the environment and as a system property. Set one of them.");
        }
        String smartHost = environment + property;
        if (!smartHost.isEmpty() && !isHostAndPort(smartHost)) {
            throw new StartProblem(SMARTHOST + "=" + smartHost + ": must be host:port, for example relay.example.net:25");
        }
    }

    /** James asks for the address of this machine, and does not start without an answer. */
    private static void checkOwnName() {
        try {
            InetAddress.getLocalHost();
        } catch (UnknownHostException e) {
            throw new StartProblem("This machine does not find its own name (" + e.getMessage().split(":")[0] + "). Put it into /etc/hosts,"
                + " in a line like: 127.0.1.1 mail.company.example mail", e);
        }
    }

    private static boolean isHostAndPort(String value) {
        int colon = value.lastIndexOf(':');
        return colon > 0 && value.substring(0, colon).matches("[A-Za-z0-9._-]+") && isPort(value.substring(colon + 1), 1);
    }

    private static boolean isPort(String value, int lowest) {
        return value.matches("\\d{1,5}") && Integer.parseInt(value) >= lowest && Integer.parseInt(value) <= HIGHEST_PORT;
    }

    private Stream<? extends HierarchicalConfiguration<?>> servers(String file, String element) {
        if (!Files.exists(conf.resolve(file))) {
            return Stream.empty();
        }
        try (InputStream in = Files.newInputStream(conf.resolve(file))) {
            return FileConfigurationProvider.getConfig(in).configurationsAt(element).stream();
        } catch (IOException | ConfigurationException e) {
            throw new StartProblem(conf.resolve(file) + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Endpoint endpoint(String file, String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !isPort(address.substring(colon + 1), 0)) {
            throw new StartProblem(conf.resolve(file) + ": \"" + address + "\" is not an address to listen on. Write address:port.");
        }
        return new Endpoint(conf.resolve(file).toString(), address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    private static void checkFree(Endpoint endpoint) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(endpoint.host), endpoint.port));
        } catch (BindException e) {
            String reason = String.valueOf(e.getMessage());
            if (reason.contains("in use")) {
                throw new StartProblem("Port " + endpoint.port + " on " + endpoint.host + " is taken. Stop the program that uses it, or "
                    + "change the port in " + endpoint.file, e);
            }
            throw new StartProblem("Cannot listen on " + endpoint + " (" + reason + "). Change it in " + endpoint.file, e);
        } catch (IOException e) {
            throw new StartProblem("Cannot listen on " + endpoint + " (" + e.getMessage() + "). Change it in " + endpoint.file, e);
        }
    }

    /** The parser's own handler prints to the console. */
    private static final class Silent extends DefaultHandler {
    }
}
