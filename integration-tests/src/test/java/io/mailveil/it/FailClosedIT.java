package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * The same server stopped, started, put together wrongly, and put right again: state lasts, and in no case does anything leave unhidden
 * (DESIGN.md sections 3 and 8).
 */
class FailClosedIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("fail-closed");

    private static final String MAILET = "<mailet match=\"All\" class=\"io.mailveil.james.%s\"/>";

    private final Map<Path, byte[]> asShipped = new HashMap<>();

    @BeforeEach
    void remember() throws IOException {
        for (String folder : List.of("conf", "extensions-jars")) {
            try (Stream<Path> files = Files.list(SERVER.folder().resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    asShipped.put(file, Files.readAllBytes(file));
                }
            }
        }
    }

    @AfterEach
    void putRight() throws IOException {
        Path keyset = SERVER.folder().resolve("conf").resolve("mailveil.keyset");
        for (Map.Entry<Path, byte[]> file : asShipped.entrySet()) {
            if (!file.getKey().equals(keyset)) {
                Files.write(file.getKey(), file.getValue());
            }
        }
        Files.deleteIfExists(SERVER.folder().resolve("extensions-jars").resolve("other.jar"));
    }

    @Test
    void restartShouldKeepPhantomsSwitchesAndThreads(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice).add(bob, "{\"replies\": false}");
        Person.Sent question = carol.writesTo(info, "Before");
        Received before = alice.receives("Before");
        String bobs = world.call("bobs", bob.receives("Before").address("From"));

        SERVER.stop();
        assertThat(SERVER.output()).contains("Mailveil has stopped");
        SERVER.start();

        carol.writesTo(info, "After");
        assertThat(alice.receives("After").address("From")).isEqualTo(before.address("From"));
        assertThat(bob.receives("After").address("From")).isEqualTo(bobs);
        alice.repliesTo(before, "Answer");
        assertThat(carol.receives("Answer").ids("In-Reply-To")).containsExactly(question.id());
        world.submission(bob, """
            c -> MAIL FROM:<{bob}>
            c <- 250
            c -> RCPT TO:<{bobs}>
            c <- 550 5.7.1 Replies are not allowed for this address
            """);
    }

    @Test
    void startShouldBringTheRewriteTableOfJamesInStep(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        String route = world.webAdmin().get("/mappings").is(200).json().get(info.address()).get(0).get("mapping").asText();
        assertThat(route).matches("r\\.[a-z2-7]{26}@company\\.test");

        world.webAdmin().delete("/address/forwards/" + info + "/targets/" + route).is(204);
        carol.writesTo(info, "Out of step");
        alice.receives("Out of step");

        SERVER.crash();
        SERVER.start();
        carol.writesTo(info, "In step");
        alice.receives("In step");
        assertThat(world.webAdmin().get("/mappings").is(200).json().get(info.address()).get(0).get("mapping").asText()).isEqualTo(route);
    }

    @Test
    void mailShouldBeHeldWhenItCannotBeReadAndBeHealthyAgainWhenItIsTakenAway(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        assertThat(SERVER.health()).isEqualTo("healthy");

        carol.sends("From: Carol <{carol}>\nTo: {info}\nthis line is no header field\nSubject: Broken\n\nText.\n", info.address());

        world.expectKept(TestServer.HELD, 1);
        alice.receivesNothing();
        carol.receivesNothing();
        assertThat(SERVER.health()).isEqualTo("unhealthy");

        // reprocessing does not make it any better, and does not lose it
        SERVER.reprocess(TestServer.HELD);
        assertThat(SERVER.mailsIn(TestServer.HELD)).hasSize(1);
        alice.receivesNothing();
        SERVER.clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
        assertThat(SERVER.health()).isEqualTo("healthy");
    }

    @Test
    void mailShouldBeHeldWhenAMailetIsMissingAndGoOutCleanWhenItIsReprocessed(World world) throws IOException {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, nina);

        SERVER.crash();
        SERVER.edit("mailetcontainer.xml", text -> without(text, MAILET.formatted("AnonymizeSender")));
        SERVER.start();
        carol.writesTo(info, "Held");
        world.expectKept(TestServer.HELD, 1);
        alice.receivesNothing();
        assertThat(SERVER.health()).isEqualTo("unhealthy");

        SERVER.crash();
        putRight();
        SERVER.start();
        SERVER.reprocess(TestServer.HELD);

        assertThat(alice.receives("Held").address("From")).endsWith("@company.test");
        nina.receives("Held");
        world.keptNoMore(TestServer.HELD);
        assertThat(SERVER.health()).isEqualTo("healthy");
    }

    @Test
    void mailThatACheckCouldNotLookAtShouldBeKeptAndGoOutCleanFromTheBeginningOfTheChain(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);

        SERVER.crash();
        beginRootWith("""
            <mailet match="All" class="ToProcessor"><processor>error</processor></mailet>
            """);
        SERVER.start();
        carol.writesTo(info, "Unchecked");
        world.expectKept("error", 1);
        alice.receivesNothing();

        SERVER.crash();
        putRight();
        SERVER.start();
        SERVER.reprocess("error", "root");

        assertThat(alice.receives("Unchecked").address("From")).endsWith("@company.test");
        world.keptNoMore("error");
    }

    /** Before anything of Mailveil's in the chain. */
    private static void beginRootWith(String mailets) {
        String first = "<mailet match=\"All\" class=\"PostmasterAlias\"/>";
        SERVER.edit("mailetcontainer.xml", text -> {
            assertThat(text).contains(first);
            return text.replace(first, first + "\n" + mailets);
        });
    }

    private static String without(String text, String part) {
        assertThat(text).contains(part);
        return text.replace(part, "");
    }

    @Test
    void nothingShouldBeForwardedWhenTransportComesBeforeAnonymize(World world) {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, nina);

        SERVER.crash();
        beginRootWith("""
            <mailet match="All" class="ToProcessor"><processor>transport</processor></mailet>
            """);
        SERVER.start();
        assertThat(SERVER.output()).contains("mailetcontainer.xml is put together wrongly");
        assertThat(SERVER.health()).isEqualTo("unhealthy");
        carol.writesTo(info, "Wrong order");

        world.expectKept(TestServer.ADDRESS_ERROR, 1);
        alice.receivesNothing();
        nina.receivesNothing();
        carol.receivesNothing();

        // a member's mail past the lines that hide is caught at the door
        Person dave = world.outsider("dave", "faraway.test");
        alice.writesLoggedInTo(dave.address(), "Caught");
        assertThat(dave.receives("Caught").address("From")).isEqualTo(info.address());
        alice.writesLoggedInTo(carol.address(), "Caught, too");
        assertThat(carol.receives("Caught, too").address("From")).isEqualTo(info.address());
        SERVER.crash();
    }

    @Test
    void clientShouldTryAgainWhenTheChainBreaksOff(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        Path folder = SERVER.folder().resolve("var/mail/copies");

        SERVER.crash();
        beginRootWith("""
            <mailet match="All" class="ToRepository">
              <repositoryPath>file://var/mail/copies/</repositoryPath><passThrough>true</passThrough>
              <onMailetException>propagate</onMailetException>
            </mailet>
            """);
        SERVER.start();
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        Files.writeString(folder, "not a folder");
        assertThat(carol.triesToSend("From: {carol}\nTo: {info}\nSubject: First\n\nText.\n", info.address()))
            .startsWith("451 4.3.0");
        alice.receivesNothing();

        SERVER.crash();
        Files.delete(folder);
        SERVER.start();
        carol.writesTo(info, "Second");
        alice.receives("Second");
        SERVER.crash();
    }

    @Test
    void serverShouldNotStartWhenTheJarIsGone() throws IOException {
        removeTheJar();
        TestServer.FailedStart failed = SERVER.startInVain();

        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.errors().lines()).hasSize(1).first().asString().contains("io.mailveil.james");
    }

    @Test
    void publicAddressShouldBeNoSuchUserWhenAPlainJamesServesTheSameState(World world) throws IOException {
        Person alice = world.staff("alice");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, nina);
        carol.writesTo(info, "Hidden");
        world.call("x", alice.receives("Hidden").address("From"));
        nina.receives("Hidden");

        SERVER.crash();
        removeTheJar();
        SERVER.edit("extensions.properties", text -> "");
        SERVER.edit("healthcheck.properties", text -> "");
        SERVER.edit("webadmin.properties", text -> text.replaceAll("(?m)^extensions\\.routes=.*$", ""));
        SERVER.edit("smtpserver.xml", text -> text
            .replaceAll("(?s)<handler class=\"io\\.mailveil[^>]*[^/]>.*?</handler>", "")
            .replaceAll("<handler class=\"io\\.mailveil[^>]*/>", ""));
        SERVER.edit("mailetcontainer.xml", text -> """
            <?xml version="1.0"?>
            <mailetcontainer enableJmx="true">
              <context><postmaster>postmaster</postmaster></context>
              <spooler><threads>5</threads><errorRepository>file://var/mail/error/</errorRepository></spooler>
              <processors>
                <processor state="root" enableJmx="true">
                  <mailet match="All" class="ToProcessor"><processor>transport</processor></mailet>
                </processor>
                <processor state="error" enableJmx="true">
                  <mailet match="All" class="ToRepository"><repositoryPath>file://var/mail/error/</repositoryPath></mailet>
                </processor>
                <processor state="transport" enableJmx="true">
                  <mailet match="All" class="RemoveMimeHeader"><name>bcc</name></mailet>
                  <mailet match="All" class="RecipientRewriteTable"><errorProcessor>error</errorProcessor></mailet>
                  <mailet match="RecipientIsLocal" class="LocalDelivery"/>
                  <mailet match="HostIsLocal" class="ToRepository">
                    <repositoryPath>file://var/mail/address-error/</repositoryPath>
                  </mailet>
                  <mailet match="All" class="RemoteDelivery">
                    <outgoingQueue>outgoing</outgoingQueue>
                    <gateway>${env:MAILVEIL_SMARTHOST:-}</gateway>
                  </mailet>
                </processor>
              </processors>
            </mailetcontainer>
            """);
        SERVER.start();

        carol.writesTo(info, "To a plain James");
        world.expectKept(TestServer.ADDRESS_ERROR, 1);
        alice.receivesNothing();
        nina.receivesNothing();
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.1.1
            """);
        SERVER.crash();
    }

    /** Leaves another jar, with nothing in it: without any, the start is refused even earlier. */
    private static void removeTheJar() throws IOException {
        Path jars = SERVER.folder().resolve("extensions-jars");
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Path empty = Files.createTempFile("empty", ".jar");
        new JarOutputStream(Files.newOutputStream(empty), new Manifest()).close();
        Files.move(empty, jars.resolve("other.jar"), StandardCopyOption.REPLACE_EXISTING);
    }
}
