package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The unpacked distribution in a folder of its own, on free ports, run as a process by {@code bin/mailveil}: its extension is loaded
 * from {@code extensions-jars/} as in any James, its database and queue are on disk, and it can be stopped and started again.
 *
 * <p>As a JUnit extension it gives a test a {@link World} and looks it over afterwards; {@link SharedServer} is the one for tests that
 * change no configuration.
 */
public final class TestServer implements ParameterResolver, AfterEachCallback, AfterAllCallback {
    /** Where things are kept that went wrong, below {@code var/mail/}. */
    public static final String HELD = "mailveil-held";
    /** What SMTP could not refuse. */
    public static final String REFUSED = "mailveil-refused";
    /** What came back to a return path and could not be read or told. */
    public static final String BOUNCES = "mailveil-bounces/held";
    /** A domain of this server, but no such mailbox. */
    public static final String ADDRESS_ERROR = "address-error";

    static final String PUBLIC = "company.test";
    static final String INSIDE = "staff.test";
    static final String OUTSIDE = "world.test";
    static final String CONTRACTORS = "contractors.test";

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration GLANCE = Duration.ofMillis(50);
    private static final ExtensionContext.Namespace WORLDS = ExtensionContext.Namespace.create(TestServer.class);
    private static final Random RANDOM = new Random();

    private final Path folder;
    private final RemoteSink sink;
    private final Map<String, Integer> ports = new HashMap<>();
    private Optional<NameServer> dns = Optional.empty();
    private final Map<String, String> environment = new HashMap<>();
    private Process process;
    private boolean domainsAreMade;
    private Optional<String> token = Optional.empty();

    /** How a start ended that was not to succeed, or a command. */
    public record FailedStart(int exitCode, String errors, String output) {
    }

    private TestServer(String name, RemoteSink sink) {
        this.sink = sink;
        folder = Path.of(System.getProperty("mailveil.it.folder", "target/servers")).resolve(name).toAbsolutePath().normalize();
        prepare();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    /** A folder with the configuration of the demo world on free ports. Not started. */
    public static TestServer inFolder(String name) {
        return new TestServer(name, new RemoteSink());
    }

    /** As {@link #inFolder}, with all of its state that is not on its own disk in that database. */
    public static TestServer onDatabase(String name, PostgreSql database) {
        return inFolder(name).edit("james-database.properties", text -> database.settings());
    }

    /** Another node beside this one, in a folder of its own: the same database, the same keys (in that folder's keyset file). */
    public TestServer node(String name) {
        TestServer node = new TestServer(name, sink).edit("james-database.properties", text -> read("conf/james-database.properties"));
        set("keyset", folder.resolve("shared.keyset").toString());
        node.set("keyset", folder.resolve("shared.keyset").toString());
        node.domainsAreMade = true;
        return node;
    }

    /** The unpacked distribution. */
    public static Path distribution() {
        Path path = Path.of(System.getProperty("mailveil.distribution",
            "../james-conf/target/mailveil-0.1.0-SNAPSHOT/mailveil-0.1.0-SNAPSHOT")).toAbsolutePath().normalize();
        assertThat(path.resolve("bin").resolve("mailveil")).as("the distribution, made by ./mvnw package").exists();
        return path;
    }

    private void prepare() {
        try {
            delete(folder);
            Files.createDirectories(temporary());
            copy(distribution().resolve("conf"), folder.resolve("conf"));
            copy(distribution().resolve("demo"), folder.resolve("conf"));
            copy(distribution().resolve("extensions-jars"), folder.resolve("extensions-jars"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        edit("smtpserver.xml", text -> text.replace(":2525<", ":" + port("smtp") + "<").replace(":2587<", ":" + port("submission") + "<"));
        edit("imapserver.xml", text -> text.replace(":2143<", ":" + port("imap") + "<"));
        edit("webadmin.properties", text -> text.replaceAll("(?m)^port=.*$", "port=" + port("webadmin")));
        edit("mailveil.properties", text -> text.replaceAll("(?m)^inside\\.domains=.*$", "inside.domains=" + INSIDE));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A free port below those that the system hands out to clients, so that no connection of the tests takes it meanwhile. */
    static int freePort() {
        while (true) {
            int port = 20000 + RANDOM.nextInt(10000);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                // taken: another one
            }
        }
    }

    /** The port of {@code smtp} (the internet side), {@code submission}, {@code imap} or {@code webadmin}. */
    public int port(String name) {
        return ports.computeIfAbsent(name, key -> freePort());
    }

    /** The working directory. */
    public Path folder() {
        return folder;
    }

    private Path temporary() {
        return folder.resolve("tmp");
    }

    /** Waits until there is no message in a temporary file: James keeps those of more than 100 kB in one while it works on them. */
    public void expectNoTemporaryMessages() {
        await("no messages in " + temporary()).atMost(PATIENCE).pollInterval(GLANCE).untilAsserted(() -> {
            try (Stream<Path> files = Files.list(temporary())) {
                assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".m64"))).isEmpty();
            }
        });
    }

    /** What the rest of the world has got. */
    public RemoteSink sink() {
        return sink;
    }

    /** Administration. */
    public WebAdmin webAdmin() {
        return new WebAdmin(port("webadmin"), token);
    }

    /** From now on administration shows this token. */
    public TestServer withToken(String jwt) {
        token = Optional.of(jwt);
        return this;
    }

    /** Changes a file of the configuration; counts from the next start. */
    public TestServer edit(String file, UnaryOperator<String> change) {
        Path path = folder.resolve("conf").resolve(file);
        try {
            Files.writeString(path, change.apply(Files.readString(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Sets a key of {@code mailveil.properties}; counts from the next start. */
    public TestServer set(String key, String value) {
        return edit("mailveil.properties", text -> text.replaceAll("(?m)^" + key.replace(".", "\\.") + "=.*\\n", "")
            + "\n" + key + "=" + value + "\n");
    }

    /** Lets SPF and DKIM prove who sends, by the DNS of {@link #dns()} and no other; counts from the next start. */
    public TestServer withDns() {
        dns = Optional.of(new NameServer());
        return edit("dnsservice.xml", text -> text.replace("</dnsservice>",
                "<setAsDNSJavaDefault>false</setAsDNSJavaDefault></dnsservice>"))
            .set("proof.spf", "true").set("proof.dkim", "true").set("proof.dmarc", "true");
    }

    /** The name server of a server made {@link #withDns()}. */
    public NameServer dns() {
        return dns.orElseThrow();
    }

    /** Sets a variable for {@code bin/mailveil}; counts from the next start. */
    public TestServer environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** The server itself. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Starts it, and makes the domains the first time. */
    public TestServer start() {
        return startSoon().started();
    }

    /** Starts it and does not wait; see {@link #started()}. */
    public TestServer startSoon() {
        process = launch("--home", folder.toString());
        return this;
    }

    /** Waits until it serves, and makes the domains the first time. */
    public TestServer started() {
        await("start of the server in " + folder).atMost(START).pollInterval(GLANCE)
            .until(() -> !process.isAlive() || read("console.out").contains("Mailveil is ready"));
        assertThat(process.isAlive()).as("the server in %s runs; it said: %s", folder, read("console.err")).isTrue();
        if (!domainsAreMade) {
            Stream.of(PUBLIC, INSIDE, OUTSIDE, CONTRACTORS).forEach(domain -> webAdmin().put("/domains/" + domain, "").is(204));
            domainsAreMade = true;
        }
        return this;
    }

    private Process launch(String... arguments) {
        String[] command = Stream.concat(Stream.of(distribution().resolve("bin").resolve("mailveil").toString()), Stream.of(arguments))
            .toArray(String[]::new);
        ProcessBuilder builder = new ProcessBuilder(command)
            .redirectOutput(folder.resolve("console.out").toFile())
            .redirectError(folder.resolve("console.err").toFile());
        builder.environment().put("MAILVEIL_SMARTHOST", "127.0.0.1:" + sink.port());
        builder.environment().put("MAILVEIL_HEAP", "512m");
        // many short lives on few cores; whoever forgets a message is named in the log
        builder.environment().put("MAILVEIL_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary()
            + " -Djames.lifecycle.leak.detection.mode=advanced"
            + dns.map(server -> " -Ddns.server=127.0.0.1:" + server.port()).orElse(""));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command of {@code bin/mailveil} to its end, beside the server. */
    public FailedStart command(String... arguments) {
        Path out = folder.resolve("command.out");
        Path err = folder.resolve("command.err");
        String[] command = Stream.concat(Stream.of(distribution().resolve("bin").resolve("mailveil").toString()), Stream.of(arguments))
            .toArray(String[]::new);
        try {
            Process running = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            await("end of the command " + String.join(" ", arguments)).atMost(START).pollInterval(GLANCE).until(() -> !running.isAlive());
            return new FailedStart(running.exitValue(), Files.readString(err), Files.readString(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it with other arguments and waits for the line that says it is ready. */
    public TestServer startWith(String... arguments) {
        process = launch(arguments);
        await("start with " + String.join(" ", arguments)).atMost(START).pollInterval(GLANCE)
            .until(() -> !process.isAlive() || read("console.out").contains("Mailveil is ready"));
        assertThat(process.isAlive()).as("the server runs; it said: %s", read("console.err")).isTrue();
        return this;
    }

    /** Starts it in the expectation that it ends by itself. */
    public FailedStart startInVain(String... arguments) {
        process = launch(arguments.length == 0 ? new String[] {"--home", folder.toString()} : arguments);
        await("end of the server").atMost(START).pollInterval(GLANCE).until(() -> !process.isAlive());
        return new FailedStart(process.exitValue(), read("console.err"), read("console.out"));
    }

    /** Stops it as ^C does; returns what it ended with. */
    public int stop() {
        process.destroy();
        await("end of the server in " + folder).atMost(START).pollInterval(GLANCE).until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** Ends it as a power cut does. */
    public void crash() {
        kill();
        await("end of the server in " + folder).atMost(START).pollInterval(GLANCE).until(() -> process == null || !process.isAlive());
    }

    long pid() {
        return process.pid();
    }

    /** What it wrote on its standard output since it was started. */
    public String output() {
        return read("console.out");
    }

    private void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private String read(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The log, which must name no correspondent. */
    String log() {
        return read("logs/james.log");
    }

    /** Waits until all mail is where it is going to stay. */
    public void settle() {
        // twice, since a mail can go from one queue to the other between two looks
        await("empty queues").atMost(PATIENCE).pollInterval(GLANCE).until(() -> queuesAreEmpty() && queuesAreEmpty());
    }

    private boolean queuesAreEmpty() {
        return Stream.of("spool", "outgoing").allMatch(this::isQuiet);
    }

    /** Empty, or nothing in it but mail for which another server said "later". */
    private boolean isQuiet(String queue) {
        WebAdmin.Answer answer = webAdmin().get("/mailQueues/" + queue);
        if (answer.status() == 404 || answer.status() == 200 && answer.json().path("size").asInt(-1) == 0) {
            return true;
        }
        WebAdmin.Answer mails = webAdmin().get("/mailQueues/" + queue + "/mails");
        if (mails.status() != 200 || mails.json().isEmpty()) {
            return false;
        }
        Instant soon = Instant.now().plusSeconds(60);
        for (JsonNode mail : mails.json()) {
            String next = mail.path("nextDelivery").asText();
            if (next.isEmpty() || next.equals("null") || Instant.parse(next).isBefore(soon)) {
                return false;
            }
        }
        return true;
    }

    /** How many mails are in each mail repository below {@code var/mail/}. */
    Map<String, Long> repositories() {
        Map<String, Long> result = new TreeMap<>();
        Path root = folder.resolve("var").resolve("mail");
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".FileObjectStore"))
                    .forEach(file -> result.merge(root.relativize(file.getParent()).toString(), 1L, Long::sum));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return result;
    }

    /** The names of the mails in one of them. */
    public List<String> mailsIn(String repository) {
        WebAdmin.Answer answer = webAdmin().get("/mailRepositories/" + encoded(repository) + "/mails");
        if (answer.status() == 404) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        answer.is(200).json().forEach(name -> names.add(name.asText()));
        return names;
    }

    /** WebAdmin's reprocess, to its end. */
    public void reprocess(String repository) {
        reprocess(repository, Optional.empty());
    }

    /** As {@link #reprocess(String)}, beginning with this processor. */
    public void reprocess(String repository, String processor) {
        reprocess(repository, Optional.of(processor));
    }

    private void reprocess(String repository, Optional<String> processor) {
        String query = "?action=reprocess" + processor.map(state -> "&processor=" + state).orElse("");
        webAdmin().await(webAdmin().patch("/mailRepositories/" + encoded(repository) + "/mails" + query, "").task());
        settle();
    }

    /** Deletes what is kept there, so that the server is healthy again for the next test. */
    public void clear(String repository) {
        webAdmin().await(webAdmin().delete("/mailRepositories/" + encoded(repository) + "/mails").task());
    }

    private static String encoded(String repository) {
        return "var%2Fmail%2F" + repository.replace("/", "%2F") + "%2F";
    }

    /** Looks through the database on disk; empty if it is sound. The server must not be running. */
    public List<String> brokenTables() {
        return DerbyFiles.brokenTables(folder.resolve("var").resolve("store").resolve("derby"));
    }

    /** What the health check {@code Mailveil} says. */
    public String health() {
        for (JsonNode check : webAdmin().get("/healthcheck").json().path("checks")) {
            if (check.path("componentName").asText().equals("Mailveil")) {
                return check.path("status").asText();
            }
        }
        throw new AssertionError("there is no health check Mailveil");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == World.class || parameter.getParameter().getType() == TestServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (parameter.getParameter().getType() == TestServer.class) {
            return this;
        }
        if (process == null || !process.isAlive()) {
            start();
        }
        return context.getStore(WORLDS).getOrComputeIfAbsent(World.class, key -> new World(this));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        World world = context.getStore(WORLDS).get(World.class, World.class);
        // a test that leaves the server down has looked itself
        if (world != null && context.getExecutionException().isEmpty() && process.isAlive()) {
            world.nobodyElseGotAnything();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Ends it without ceremony. */
    void close() {
        kill();
        sink.close();
        dns.ifPresent(NameServer::close);
    }
}
