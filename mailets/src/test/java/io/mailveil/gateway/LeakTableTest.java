package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.mailveil.address.LoopMarks;
import io.mailveil.leak.LeakOracle;
import io.mailveil.mime.Header;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.UnreadableMessageException;

/** The table of messages written by hand: a file each in {@code src/test/resources/messages}, named after what it tries. */
class LeakTableTest {
    /** Everything that mime4j notices is an error, but for a part without header fields (RFC 2046 section 5.1 allows it). */
    private static final DecodeMonitor STRICT = new DecodeMonitor() {
        @Override
        public boolean warn(String error, String dropDesc) {
            return !error.startsWith("Invalid header");
        }

        @Override
        public boolean isListening() {
            return true;
        }
    };
    /** What became of each message the first time. */
    private static final Map<String, byte[]> RESULTS = new HashMap<>();
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

    static Stream<String> passing() throws IOException {
        return all().filter(name -> !MessageFile.isHeld(name));
    }

    static Stream<String> held() throws IOException {
        return all().filter(MessageFile::isHeld);
    }

    private static Stream<String> all() throws IOException {
        return MessageFile.names("in", "out");
    }

    private static MessageFile read(String name) throws IOException {
        return MessageFile.read(world, name);
    }

    @Test
    void shouldHaveAFileForEveryHidingPlace() throws IOException {
        assertThat(all().count()).isGreaterThanOrEqualTo(150);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void shouldHideTheOtherSide(String name) throws IOException {
        MessageFile file = read(name);
        byte[] result = result(name, file);

        assertThat(LeakOracle.hiding(file.secrets()).showing(shown(name)).search(result)).as(name).isEmpty();
    }

    private static String[] shown(String name) {
        return name.startsWith("in/") ? new String[] {"company.test", "staff.test"} : new String[] {"company.test", "world.test"};
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void shouldSayWhatItSaid(String name) throws IOException {
        MessageFile file = read(name);
        List<String> expected = file.expected();
        List<String> unexpected = file.unexpected();
        byte[] result = result(name, file);
        String raw = new String(result, StandardCharsets.UTF_8);
        String seen = Seen.in(result);

        for (String text : expected) {
            assertThat(raw.contains(text) ? raw : seen).as(name).contains(text);
        }
        for (String text : unexpected) {
            assertThat(raw).as(name).doesNotContain(text);
            assertThat(seen).as(name).doesNotContain(text);
        }
        if (file.untouched()) {
            assertThat(body(result)).as(name).isEqualTo(body(file.octets()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void shouldBeWellFormed(String name) throws IOException, MimeException {
        MessageFile file = read(name);
        byte[] result = result(name, file);

        assertHasShortLines(name, result);
        MimeTokenStream strict = new MimeTokenStream(MimeConfig.custom().setMaxLineLen(1000).build(), STRICT, null);
        strict.parse(new ByteArrayInputStream(result));
        while (strict.getState() != EntityState.T_END_OF_STREAM) {
            strict.next();
        }
        Header header = new MessageRewriter().readHeader(new ByteArrayInputStream(result));
        assertThat(header.fields().get(0).name()).as(name).isEqualTo(LoopMarks.HEADER);
        assertThat(header.all(LoopMarks.HEADER)).as(name).hasSize(1 + file.arrival().header().all(LoopMarks.HEADER).size())
            .allMatch(LoopMarks::hasForm);
        assertThat(header.all("From")).as(name).hasSize(1);
        assertThat(header.mailboxes("From")).as(name).isNotEmpty().allMatch(from -> from.address().domain().equals("company.test"));
        for (String once : List.of("To", "Cc", "Reply-To", "Date", "Message-ID", "Subject", "In-Reply-To", "References", "Content-Type")) {
            assertThat(header.all(once)).as("%s in %s", once, name).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(header.all("Date")).as(name).hasSize(1);
        assertThat(header.all("Message-ID")).as(name).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void shouldBeTheSameAgain(String name) throws IOException {
        MessageFile file = read(name);

        assertThat(RewrittenMessage.withoutChance(rewrite(file))).as(name).isEqualTo(RewrittenMessage.withoutChance(result(name, file)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("held")
    void shouldHold(String name) throws IOException {
        MessageFile file = read(name);

        assertThatThrownBy(() -> rewrite(file)).as(name).isInstanceOf(UnreadableMessageException.class);
    }

    private static byte[] result(String name, MessageFile file) throws IOException {
        byte[] result = RESULTS.get(name);
        if (result == null) {
            result = rewrite(file);
            RESULTS.put(name, result);
        }
        return result;
    }

    private static byte[] rewrite(MessageFile file) throws IOException {
        return RewrittenMessage.of(file.outgoing(), file.octets());
    }

    private static void assertHasShortLines(String name, byte[] message) {
        int column = 0;
        for (int i = 0; i < message.length; i++) {
            byte octet = message[i];
            boolean lineBreak = i + 1 < message.length && message[i + 1] == '\n';
            column = octet == '\n' || octet == '\r' ? 0 : column + 1;
            if (octet == 0 || octet == '\r' != lineBreak || column > 998) {
                throw new AssertionError(name + " has a NUL octet, a lone line break or a line that is too long, at octet " + i);
            }
        }
    }

    private static String body(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        return text.substring(text.indexOf("\r\n\r\n") + 4);
    }
}
