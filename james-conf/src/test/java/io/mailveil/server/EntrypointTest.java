package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code docker/entrypoint.sh}: what it says about a wrong environment, and what it does to the configuration folder. It starts a
 * command of ours in the place of James; {@code docker/try.sh} runs the whole container.
 */
class EntrypointTest {
    private static final Path SCRIPT = Path.of("..", "docker", "entrypoint.sh").toAbsolutePath().normalize();
    private static final Path CONF = Path.of("src", "main", "conf").toAbsolutePath();
    private static final String DOMAINS = "MAILVEIL_DOMAINS=company.test";

    @TempDir
    Path temp;

    private Path home;
    private Path shipped;

    private static final class Run {
        private final int exit;
        private final String output;
        private final String errors;

        private Run(int exit, String output, String errors) {
            this.exit = exit;
            this.output = output;
            this.errors = errors;
        }
    }

    @BeforeEach
    void image() throws IOException {
        home = Files.createDirectories(temp.resolve("home"));
        shipped = Files.createDirectories(temp.resolve("shipped"));
        copy(CONF, shipped.resolve("conf"));
        copy(SCRIPT.resolveSibling("conf"), shipped.resolve("conf"));
        Files.createDirectories(shipped.resolve("extensions-jars"));
        Files.writeString(shipped.resolve("extensions-jars").resolve("mailveil-mailets-2.jar"), "two");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    /** Ends with printing the environment that James would get. */
    private Run run(String... variables) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString(), "env");
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("MAILVEIL_"));
        environment.put("MAILVEIL_HOME", home.toString());
        environment.put("MAILVEIL_SHIPPED", shipped.toString());
        Arrays.stream(variables).forEach(variable -> environment.put(variable.split("=", 2)[0], variable.split("=", 2)[1]));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String conf(String file) throws IOException {
        return Files.readString(home.resolve("conf").resolve(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "MAILVEIL_DOMAINS=                             | MAILVEIL_DOMAINS is missing.",
        "MAILVEIL_DOMAINS=, ,                          | MAILVEIL_DOMAINS is missing.",
        "MAILVEIL_DOMAINS=company                      | company is no domain name. Allowed is a list like company.example",
        "MAILVEIL_DOMAINS=company.test,-x.test         | -x.test is no domain name.",
        "MAILVEIL_DOMAINS=info@company.test            | info@company.test is no domain name.",
        "MAILVEIL_INSIDE_DOMAINS=staff..test           | MAILVEIL_INSIDE_DOMAINS=staff..test is not allowed:",
        "MAILVEIL_PHANTOM_DOMAIN=a.test,b.test         | DOMAIN=a.test,b.test is not allowed. Allowed is one domain name",
        "MAILVEIL_HOSTNAME=mail company                | MAILVEIL_HOSTNAME=mail company is not allowed:",
        "MAILVEIL_SMARTHOST=relay.test                 | MAILVEIL_SMARTHOST=relay.test is not allowed. Allowed is host:port",
        "MAILVEIL_SMARTHOST=relay.test:70000           | MAILVEIL_SMARTHOST=relay.test:70000 is not allowed. Allowed is host:port",
        "MAILVEIL_SMARTHOST_USER=me                    | MAILVEIL_SMARTHOST is not. Name the server that the login is for.",
        "MAILVEIL_SMARTHOST_PASSWORD=secret            | PASSWORD is set, but MAILVEIL_SMARTHOST_USER is not.",
        "MAILVEIL_SMARTHOST_PASSWORD=p\u00e4ssword          | MAILVEIL_SMARTHOST_PASSWORD has letters beyond ASCII",
        "MAILVEIL_ADMIN_PASSWORD=a${b                  | MAILVEIL_ADMIN_PASSWORD has ${ in it",
        "MAILVEIL_ADMIN_PASSWORD_FILE=/nowhere         | MAILVEIL_ADMIN_PASSWORD_FILE=/nowhere cannot be read.",
        "MAILVEIL_TLS=yes                              | MAILVEIL_TLS=yes is not allowed. Allowed is true or false",
        "MAILVEIL_TLS=true                             | MAILVEIL_TLS=true needs a key and a certificate",
        "MAILVEIL_DATABASE_URL=jdbc:mysql://db/x       | URL=jdbc:mysql://db/x is not allowed. Allowed is jdbc:postgresql:",
    })
    void startShouldSayWhatIsWrongWithTheEnvironment(String variable, String message) throws Exception {
        Run run = run(DOMAINS, variable);

        assertThat(run.exit).isEqualTo(78);
        assertThat(run.errors.lines()).singleElement().asString().startsWith("Mailveil: ").contains(message);
        assertThat(home.resolve("conf")).doesNotExist();
    }

    @Test
    void secretShouldBeReadFromAFileAndAdministratorsPasswordNotBeHandedOn() throws Exception {
        Path file = Files.writeString(temp.resolve("secret"), "s3cret\n");

        Run run = run(DOMAINS, "MAILVEIL_SMARTHOST=relay.test:587", "MAILVEIL_SMARTHOST_USER=me",
            "MAILVEIL_SMARTHOST_PASSWORD_FILE=" + file, "MAILVEIL_ADMIN_PASSWORD=not for James");

        assertThat(run.errors).isEmpty();
        assertThat(run.output.lines()).contains("MAILVEIL_SMARTHOST_PASSWORD=s3cret", "MAILVEIL_POSTMASTER=postmaster@company.test")
            .noneMatch(line -> line.startsWith("MAILVEIL_SMARTHOST_PASSWORD_FILE=") || line.contains("not for James"));
        // and the login is turned on in the chain
        String login = conf("mailetcontainer.xml").replaceAll("(?s)<!--.*?-->", "").replaceAll("\\s+", "");
        assertThat(login.contains("<gatewayUsername>${env:MAILVEIL_SMARTHOST_USER}</gatewayUsername>"
            + "<gatewayPassword>${env:MAILVEIL_SMARTHOST_PASSWORD}</gatewayPassword></mailet>")).isTrue();
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(home.resolve("conf").resolve("mailetcontainer.xml").toFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"company.test,company.org", " company.test, company.org", "company.test company.org", ",company.test"})
    void postmasterShouldBeInTheFirstDomainHoweverTheListIsWritten(String domains) throws Exception {
        assertThat(run("MAILVEIL_DOMAINS=" + domains).output.lines()).contains("MAILVEIL_POSTMASTER=postmaster@company.test");
    }

    @Test
    void localeOfTheImageShouldReachJava() throws Exception {
        assertThat(run(DOMAINS, "LC_ALL=C.UTF-8").output.lines()).contains("LC_ALL=C.UTF-8");
    }

    @Test
    void databaseShouldBeDerbyInItsVolumeOrWhatTheUrlSays() throws Exception {
        assertThat(run(DOMAINS).output.lines()).contains("MAILVEIL_DATABASE_URL=jdbc:derby:/var/store/derby;create=true",
            "MAILVEIL_DATABASE_DRIVER=org.apache.derby.jdbc.EmbeddedDriver");
        assertThat(run(DOMAINS, "MAILVEIL_DATABASE_URL=jdbc:postgresql://db/mailveil").output.lines())
            .contains("MAILVEIL_DATABASE_DRIVER=org.postgresql.Driver");
    }

    @Test
    void configurationShouldFollowTheImageUnlessSomebodyChangedIt() throws Exception {
        run(DOMAINS);
        assertThat(conf("webadmin.properties")).contains("host=0.0.0.0");
        Files.writeString(home.resolve("conf").resolve("pop3server.xml"), "<mine/>");
        Files.writeString(shipped.resolve("conf").resolve("pop3server.xml"), "<newer/>");
        Files.writeString(shipped.resolve("conf").resolve("lmtpserver.xml"), "<newer/>");

        Run second = run(DOMAINS);

        assertThat(second.errors).isEmpty();
        assertThat(second.output).contains("pop3server.xml is your own and is left as it is").doesNotContain("lmtpserver.xml is");
        assertThat(conf("pop3server.xml")).isEqualTo("<mine/>");
        assertThat(conf("lmtpserver.xml")).isEqualTo("<newer/>");
    }

    @Test
    void configurationThatCameWithTheImageShouldNotBeTakenForSomebodysOwn() throws Exception {
        copy(shipped.resolve("conf"), home.resolve("conf"));

        Run run = run(DOMAINS);

        assertThat(run.output).doesNotContain("your own");
        assertThat(conf("webadmin.properties")).contains("host=0.0.0.0");
    }

    @Test
    void startShouldEndIfTheChainIsNotOurs() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf").resolve("mailetcontainer.xml"), "<mailetcontainer/>");

        Run run = run(DOMAINS);

        assertThat(run.exit).isEqualTo(78);
        assertThat(run.errors).contains("mailetcontainer.xml is not Mailveil's.");
        assertThat(conf("mailetcontainer.xml")).isEqualTo("<mailetcontainer/>");
    }

    @Test
    void thereShouldBeOneVersionOfTheExtensionOnly() throws Exception {
        Path extensions = Files.createDirectories(home.resolve("extensions-jars"));
        Files.writeString(extensions.resolve("mailveil-mailets-1.jar"), "one");
        Files.writeString(extensions.resolve("other.jar"), "other");

        run(DOMAINS);

        assertThat(extensions.toFile().list()).containsExactlyInAnyOrder("mailveil-mailets-2.jar", "other.jar");
    }
}
