package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.PermFailException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * A server as an administrator sets it up for real mail: the doors of the sample configuration with TLS, a key for DKIM made by the
 * command, a smart host that wants a login, a spam filter in front, and the check that looks all this over.
 */
class SetupIT {
    private static final String USER = "user@relay.test";
    private static final String PASSWORD = "pass, w<o>r\"d & more";
    private static final Pattern RECORD = Pattern.compile("(?m)^(\\S+)\\. IN TXT \\( \"([^\"]+)\" \"([^\"]+)\" \\)$");
    private static final Pattern MAILET = Pattern.compile("(?s)<mailet .*?</mailet>");

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("setup").withDns();

    private static String keyName;
    private static String keyRecord;

    @BeforeAll
    static void setUp() throws IOException {
        Path tls = Path.of("src", "test", "resources", "tls").toAbsolutePath();
        SERVER.environment("MAILVEIL_TLS", "true")
            .environment("MAILVEIL_TLS_KEY", tls.resolve("private.key").toUri().toString().replace("file:/", "file:///"))
            .environment("MAILVEIL_TLS_CERTIFICATE", tls.resolve("certificates.pem").toUri().toString().replace("file:/", "file:///"))
            .environment("MAILVEIL_HOSTNAME", "mail.company.test")
            .environment("MAILVEIL_SMARTHOST_USER", USER)
            .environment("MAILVEIL_SMARTHOST_PASSWORD", PASSWORD);
        SERVER.sink().requireLogin(USER, PASSWORD);
        String doors = Files.readString(TestServer.distribution().resolve("conf").resolve("smtpserver.xml"));
        SERVER.edit("smtpserver.xml", demo -> doors
            .replace("0.0.0.0:25<", "127.0.0.1:" + SERVER.port("smtp") + "<")
            .replace("0.0.0.0:587<", "127.0.0.1:" + SERVER.port("submission") + "<")
            .replace("0.0.0.0:465<", "127.0.0.1:" + SERVER.port("submissions") + "<"));

        String printed = SERVER.command("dkim-key", "--domain", "company.test", "--home", SERVER.folder().toString()).output();
        Matcher record = find(RECORD, printed);
        keyName = record.group(1);
        keyRecord = record.group(2) + record.group(3);
        SERVER.dns().publish(keyName, keyRecord).publish("_dmarc.company.test", "v=DMARC1; p=quarantine");
        String sign = find(MAILET, printed).group();
        SERVER.edit("mailetcontainer.xml", text -> text
            .replace("<mailet match=\"All\" class=\"RemoteDelivery\">", sign + "<mailet match=\"All\" class=\"RemoteDelivery\">")
            .replaceAll("<!-- (<gatewayUsername>[^-]*?) -->", "$1")
            .replaceAll("(?s)<!-- \\(1\\)[^<]*(.*?)\\(1\\) -->", "$1"));
    }

    private static Matcher find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher;
    }

    private static List<SignatureRecord> verify(byte[] message) throws FailException, IOException {
        return new DKIMVerifier((method, selector, domain) -> {
            if (!keyName.equals(selector + "._domainkey." + domain)) {
                throw new PermFailException("no key");
            }
            return List.of(keyRecord);
        }).verify(new ByteArrayInputStream(message));
    }

    @Test
    void serverShouldIntroduceItselfByTheNameThatItIsGiven(World world) {
        for (String port : List.of("smtp", "submission")) {
            try (Smtp smtp = Smtp.connect(world.server().port(port))) {
                assertThat(smtp.ask("HELO client.example")).startsWith("250 mail.company.test Hello");
            }
        }
    }

    @Test
    void answerShouldBearASignatureOfThePublicAddress(World world) throws Exception {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Question");
        Received question = alice.receives("Question");

        try (Smtp smtp = Smtp.hello(SERVER.port("submission")).startTls().login(alice.address(), "demo")) {
            smtp.say("MAIL FROM:<" + alice + ">", "250").say("RCPT TO:<" + question.address("From") + ">", "250");
            assertThat(smtp.data(alice.octets("From: Alice <{alice}>\nTo: " + question.address("From") + "\nSubject: Answer\n"
                + "Date: Mon, 5 Oct 2026 11:00:00 +0900\nContent-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n"
                + "Content-Transfer-Encoding: 8bit\n\nGr\u00fc\u00dfe, {alice}  \n\n.dot\n\n\n"))).startsWith("250");
        }

        Received answer = carol.receives("Answer");
        assertThat(answer.address("From")).isEqualTo(info.address());
        assertThat(verify(answer.raw())).singleElement().satisfies(signature -> {
            assertThat(signature.getDToken()).hasToString("company.test");
            assertThat(signature.getHeaders()).map(CharSequence::toString).contains("from", "to", "subject", "message-id");
        });
        // it holds for what was rewritten, and for nothing else
        String text = new String(answer.raw(), StandardCharsets.ISO_8859_1);
        assertThat(text).contains("company.test>").contains(".dot");
        assertThatThrownBy(() -> verify(text.replace(".dot", ".dots").getBytes(StandardCharsets.ISO_8859_1)))
            .isInstanceOf(FailException.class);
        assertThatThrownBy(() -> verify(text.replace("Subject: Answer", "Subject: Offer").getBytes(StandardCharsets.ISO_8859_1)))
            .isInstanceOf(FailException.class);
    }

    @Test
    void mailToAMemberElsewhereShouldBeSignedForItsPhantomAddress(World world) throws Exception {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);

        carol.writesTo(info, "Question");

        assertThat(verify(nina.receives("Question").raw())).singleElement().satisfies(signature ->
            assertThat(signature.getDToken()).hasToString("company.test"));
    }

    @Test
    void doorsShouldEncryptAndTakeLoginsEncryptedOnly(World world) {
        Person alice = world.staff("alice");

        try (Smtp smtp = Smtp.hello(SERVER.port("submission"))) {
            assertThat(smtp.ask("AUTH PLAIN AGFsaWNlAGRlbW8=")).startsWith("5");
            assertThat(smtp.startTls().login(alice.address(), "demo").certificate().getSubjectX500Principal().getName())
                .isEqualTo("CN=mail.company.test");
        }
        try (Smtp smtp = Smtp.helloWithTls(SERVER.port("submissions")).login(alice.address(), "demo")) {
            assertThat(smtp.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=mail.company.test");
        }
        try (Smtp smtp = Smtp.helloWithTls(SERVER.port("submissions"))) {
            assertThat(smtp.ask("MAIL FROM:<" + alice + ">")).startsWith("530");
        }
        try (Smtp smtp = Smtp.hello(SERVER.port("smtp")).startTls()) {
            assertThat(smtp.ask("AUTH PLAIN AGFsaWNlAGRlbW8=")).startsWith("5");
        }
    }

    @Test
    void whatAFilterHasMarkedShouldNotReachTheMember(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", alice);

        carol.sends("From: {carol}\nTo: {info}\nX-Spam: Yes\nSubject: Buy\n\nText\n", "{info}");
        alice.receivesNothing();
        world.expectKept("spam", 1);

        carol.sends("From: {carol}\nTo: {info}\nX-Spam: No\nX-Spamd-Result: default: False [1.0 / 15.0] {carol}\nSubject: Hello\n\nText\n",
            "{info}");
        assertThat(alice.receives("Hello").headerNames()).noneMatch(name -> name.startsWith("x-spam"));
    }

    private static List<String> findings() {
        return StreamSupport.stream(SERVER.webAdmin().get("/mailveil/check").is(200).json().spliterator(), false)
            .map(finding -> text(finding, "status") + " " + text(finding, "check") + ": " + text(finding, "message"))
            .toList();
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    @Test
    void checkShouldSayWhatIsMissing(World world) throws IOException {
        world.publicAddress("info", world.staff("alice"));
        String tls = "ok tls: Port 127.0.0.1:";

        assertThat(findings())
            .anyMatch(line -> line.startsWith("ok keys: ") && line.contains("mailveil.keyset is there, for its owner only"))
            .anyMatch(line -> line.startsWith("ok clock: "))
            .anyMatch(line -> line.startsWith("ok chain: "))
            .contains(tls + SERVER.port("smtp") + ": STARTTLS is offered", tls + SERVER.port("submission") + ": STARTTLS is offered",
                tls + SERVER.port("submissions") + ": TLS from the first octet")
            .anyMatch(line -> line.startsWith("ok tls: The certificate in file:///"))
            .contains("ok smarthost: Remote mail goes through 127.0.0.1:" + SERVER.sink().port() + ", which can be reached")
            .contains("ok administration: WebAdmin listens on loopback only")
            .contains("ok dns: company.test, DKIM: the key is at s1._domainkey.company.test")
            .contains("ok dns: company.test, DMARC: \"v=DMARC1; p=quarantine\"")
            .anyMatch(line -> line.startsWith("warning dns: company.test, SPF: there is none"))
            .anyMatch(line -> line.startsWith("error dns: company.test, MX: there is none")
                && line.endsWith("Publish: company.test. MX 10 mail.company.test."))
            .noneMatch(line -> line.startsWith("error hooks: ") || line.startsWith("error doors: ") || line.startsWith("unknown "));

        Path keyset = SERVER.folder().resolve("conf").resolve("mailveil.keyset");
        SERVER.dns().breakDown("company.test");
        Files.setPosixFilePermissions(keyset, PosixFilePermissions.fromString("rw-r--r--"));
        try {
            TestServer.FailedStart check = SERVER.command("check", "--home", SERVER.folder().toString());
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.errors()).isEmpty();
            assertThat(check.output().lines())
                .anyMatch(line -> line.startsWith("ERROR    keys: ") && line.contains("can be read by others than its owner (rw-r--r--)"))
                .anyMatch(line -> line.startsWith("unknown  dns: company.test, SPF: "));
        } finally {
            Files.setPosixFilePermissions(keyset, PosixFilePermissions.fromString("rw-------"));
            SERVER.dns().mend("company.test");
        }
    }
}
