package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.leak.LeakOracle;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.Header;
import io.mailveil.mime.Limits;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Phantom;

/** The table of what comes back: a file each in {@code src/test/resources/messages/bounces}, named after what it is. */
class BounceTableTest {
    private static final String MEMBER = "alice@staff.test";
    private static final String CORRESPONDENT = "carol@world.test";
    @TempDir
    static Path folder;
    private static TestGateway world;

    @BeforeAll
    static void open() {
        world = new TestGateway(folder);
        world.reset();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    static Stream<String> told() throws IOException {
        return all().filter(name -> !MessageFile.isHeld(name));
    }

    static Stream<String> held() throws IOException {
        return all().filter(MessageFile::isHeld);
    }

    private static Stream<String> all() throws IOException {
        return MessageFile.names("bounces");
    }

    private static MessageFile read(String name) throws IOException {
        return MessageFile.read(world, name);
    }

    private static EmailAddress returnPath(MessageFile file) {
        Notice notice = file.directive("path").filter(letter -> letter.equals("r")).isPresent() ? Notice.MEMBER
            : file.directive("path").filter(letter -> letter.equals("f")).isPresent() ? Notice.CORRESPONDENT : Notice.NOBODY;
        Phantom phantom = world.store.phantoms.findOrCreate(file.forward(), PhantomClass.UNPROVEN,
            new Correspondent(EmailAddress.of(CORRESPONDENT), ""));
        return world.returnPaths.create(notice, phantom.address().localPart(), phantom.address().domain());
    }

    /** What a rule without a memory decides. */
    private static BounceRule.Decision decide(MessageFile file) throws IOException {
        Optional<EmailAddress> sender = file.directive("sender").flatMap(EmailAddress::parse);
        Header header = new MessageRewriter().readHeader(new ByteArrayInputStream(file.octets()));
        DeliveryReport report = DeliveryReport.read(new ByteArrayInputStream(file.octets()), Limits.DEFAULT);
        return world.freshBounces().decide(returnPath(file), new Arrival(sender, Proof.NONE, header), report);
    }

    @Test
    void shouldHaveAFileForEveryForm() throws IOException {
        assertThat(all().count()).isGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("told")
    void shouldTellWhomItConcerns(String name) throws IOException {
        MessageFile file = read(name);
        BounceRule.Decision decision = decide(file);

        assertThat(decision.cause().key()).as(name).isEqualTo(file.directive("cause").orElseThrow());
        String told = decision.notice().map(notice -> notice.isToMember() ? "member" : "correspondent").orElse("nobody");
        assertThat(told).as(name).isEqualTo(file.directive("told").orElseThrow());
        decision.notice().ifPresent(notice ->
            assertThat(notice.recipient()).hasToString(notice.isToMember() ? MEMBER : CORRESPONDENT));
        assertThat(decision.failedForward().isPresent()).as(name)
            .isEqualTo(decision.cause() == BounceRule.Cause.FAILED && !file.directive("path").orElseThrow().equals("r"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("told")
    void shouldHideTheOtherSideAndSayWhatHelps(String name) throws IOException {
        MessageFile file = read(name);
        List<String> expected = file.expected();
        List<String> unexpected = file.unexpected();
        Optional<OutgoingNotice> notice = decide(file).notice();
        if (notice.isEmpty()) {
            assertThat(expected).as(name).isEmpty();
            return;
        }
        byte[] octets = notice.get().octets();
        String raw = new String(octets, StandardCharsets.UTF_8);

        boolean toMember = notice.get().isToMember();
        LeakOracle oracle = toMember ? LeakOracle.hiding(CORRESPONDENT, "dave@world.test").showing("company.test", "staff.test")
            : LeakOracle.hiding(MEMBER, "bob@staff.test", "someone@mx.staff.test").showing("company.test", "world.test");
        assertThat(oracle.search(octets)).as(name).isEmpty();
        String seen = Seen.in(octets);
        expected.forEach(text -> assertThat(raw.contains(text) ? raw : seen).as(name).contains(text));
        unexpected.forEach(text -> assertThat(raw + seen).as(name).doesNotContain(text));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("told")
    void noticeShouldBeAReportThatIsReadAgain(String name) throws IOException {
        Optional<OutgoingNotice> notice = decide(read(name)).notice();
        if (notice.isEmpty()) {
            return;
        }
        byte[] octets = notice.get().octets();
        Header header = new MessageRewriter().readHeader(new ByteArrayInputStream(octets));
        DeliveryReport report = DeliveryReport.read(new ByteArrayInputStream(octets), Limits.DEFAULT);

        assertThat(header.all("Auto-Submitted")).containsExactly("auto-replied");
        assertThat(header.all("From")).hasSize(1);
        assertThat(AutomaticMail.isAutomatic(Optional.of(TestGateway.BOB), header)).isTrue();
        assertThat(report.kind()).isEqualTo(DeliveryReport.Kind.STATUS);
        assertThat(report.recipients()).hasSize(1);
        assertThat(report.recipients().get(0).action()).isIn("failed", "delayed");
        assertThat(report.recipients().get(0).status()).matches("[45]\\.[0-9]{1,3}\\.[0-9]{1,3}");
        assertThat(report.returned()).isPresent();
        assertThat(new String(octets, StandardCharsets.ISO_8859_1).split("\r\n")).allMatch(line -> line.length() <= 998)
            .noneMatch(line -> line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("held")
    void shouldHold(String name) throws IOException {
        MessageFile file = read(name);

        assertThatThrownBy(() -> decide(file)).as(name).isInstanceOf(UnreadableMessageException.class);
    }
}
