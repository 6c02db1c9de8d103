package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.LargeMessage;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.Smtp;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * Many large mails at once through a small heap. In {@code ./mvnw verify} 4 of 20 MB through 160 MB; {@code ./mvnw -Pfaults
 * -Dit.test=LargeMailIT} sends 50 of 100 MB through 512 MB.
 */
class LargeMailIT {
    private static final int COUNT = Integer.getInteger("large.count", 4);
    private static final int MEGABYTES = Integer.getInteger("large.megabytes", 20);
    private static final String HEAP = System.getProperty("large.heap", "160m");

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("large").environment("MAILVEIL_HEAP", HEAP);

    @Test
    void largeMailsShouldComeToTheOctetWhenManyAreSentAtOnce(World world) throws Exception {
        SERVER.sink().hashAttachments();
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", nina);
        Map<String, String> expected = new HashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(COUNT);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                LargeMessage message = new LargeMessage(carol.address(), info.address(), i, MEGABYTES);
                expected.put("Large " + i, message.hash());
                answers.add(threads.submit(() -> send(carol.address(), info.address(), message)));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).startsWith("250");
            }
        } finally {
            threads.shutdownNow();
        }
        await("all of them").atMost(Duration.ofMinutes(30)).pollInterval(Duration.ofMillis(200))
            .until(() -> SERVER.sink().countFor(nina) >= COUNT);

        for (Received mail : nina.receivesSeveral(COUNT)) {
            String subject = mail.header("Subject");
            assertThat(mail.text()).as(subject).endsWith(expected.remove(subject) + "\r\n");
        }
        assertThat(expected).isEmpty();
    }

    private static String send(String sender, String recipient, LargeMessage message) {
        try (Smtp smtp = Smtp.hello(SERVER.port("smtp")).patience(Duration.ofMinutes(30))) {
            smtp.say("MAIL FROM:<" + sender + ">", "250").say("RCPT TO:<" + recipient + ">", "250");
            return smtp.data(message);
        }
    }
}
