package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.SystemCalls;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * What has been answered with 250 is on the disk, and not only on its way there. The power cannot be cut in a test; but what the server
 * writes and syncs can be recorded, and what was never synced can be taken away after it was killed.
 */
class PowerCutIT {
    private static final String SMALL = "small-mark-1";
    private static final String LARGE = "large-mark-1";
    private static final String ANSWER = "250 2.6.0";

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("power-cut");

    @Test
    void acceptedMailShouldBeSyncedBeforeItIsAnsweredAndComeWhenAllThatWasNotIsGone(World world) throws IOException {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);
        Path queue = SERVER.folder().resolve("var").resolve("store").resolve("activemq");
        SERVER.sink().hold();

        SystemCalls small = SystemCalls.of(SERVER);
        try (small) {
            send(carol, info, SMALL, 10);
        }
        SystemCalls large = SystemCalls.of(SERVER);
        try (large) {
            send(carol, info, LARGE, 20000);
        }
        SERVER.crash();

        Set<Path> journal = small.filesWith(SMALL, queue, ANSWER);
        assertThat(journal).singleElement().asString().contains("KahaDB").endsWith(".log");
        small.assertSynced(journal.iterator().next(), SMALL, ANSWER);

        Path blob = large.filesWith(LARGE, queue, ANSWER).stream().findFirst().orElseThrow();
        assertThat(blob).startsWith(queue.resolve("blob-transfer"));
        large.assertSynced(blob, LARGE, ANSWER);
        large.assertFolderSynced(blob.getParent(), ANSWER);
        large.assertFolderSynced(blob.getParent().getParent(), ANSWER);

        List<Path> index;
        try (Stream<Path> files = Files.walk(queue)) {
            // made again from the journal
            index = files.filter(file -> file.getFileName().toString().matches("db\\.(data|redo)")).toList();
        }
        Stream.concat(index.stream(), Stream.of(small, large).flatMap(calls -> calls.unsynced(queue.resolve("blob-transfer")).stream()))
            .forEach(file -> assertThat(file.toFile().delete()).isTrue());
        SERVER.sink().release();
        SERVER.start();

        assertThat(nina.receivesSeveral(2)).extracting(mail -> mail.header("Subject")).containsExactlyInAnyOrder(SMALL, LARGE);
        SERVER.settle();
        SERVER.crash();
    }

    private static void send(Person from, PublicAddress to, String mark, int lines) {
        try (Smtp smtp = Smtp.hello(SERVER.port("smtp"))) {
            smtp.say("MAIL FROM:<" + from.address() + ">", "250").say("RCPT TO:<" + to.address() + ">", "250");
            assertThat(smtp.data(from.octets("From: " + from.address() + "\nTo: " + to.address() + "\nSubject: " + mark + "\n\n"
                + (mark + ", says every line.\n").repeat(lines)))).startsWith(ANSWER);
        }
    }
}
