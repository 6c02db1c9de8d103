package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Browser;
import io.mailveil.it.harness.ConsolePage;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;

/**
 * Makes the pictures of the console in {@code docs/}; not part of the build, docs/console.md has the command. The addresses are made over
 * REST; the mail of a day, which nobody wants to wait for, is written into the table of the counters while the server is down.
 */
class ConsoleScreenshots {
    /** By the hour of the day. */
    private static final int[] DAY = {0, 0, 0, 1, 0, 1, 2, 5, 11, 18, 22, 19, 12, 16, 24, 21, 17, 14, 9, 5, 4, 2, 1, 0};

    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @Test
    void shouldBeMade() throws Exception {
        TestServer server = TestServer.inFolder("console-screenshots").start();
        try {
            makeAddresses(server.webAdmin());
            server.stop();
            writeTraffic(server);
            server.start();
            BROWSER.language("en-US").phone(false).dark(false);
            ConsolePage page = ConsolePage.of(BROWSER, server);

            page.open("addresses");
            save("console-addresses.png");
            page.open("overview");
            save("console-overview.png");
            BROWSER.language("ja").phone(true).dark(true);
            page.open("overview");
            save("console-phone-overview.png");
            page.open("addresses");
            save("console-phone-addresses.png");
        } finally {
            server.crash();
        }
    }

    private static void makeAddresses(WebAdmin admin) {
        String base = "/mailveil/publicAddresses/";
        admin.put(base + "info@company.test", "{\"displayName\":\"The Company\"}").is(204);
        admin.put(base + "info@company.test/members/alice@staff.test", "{}").is(204);
        admin.put(base + "info@company.test/members/bob@staff.test", "{}").is(204);
        admin.put(base + "press@company.test", "{\"displayName\":\"Press office\"}").is(204);
        admin.put(base + "press@company.test/members/bob@staff.test", "{\"replies\":false}").is(204);
        admin.put(base + "sales@company.test", "{\"displayName\":\"Sales\"}").is(204);
        admin.put(base + "sales@company.test/members/alice@staff.test", "{}").is(204);
    }

    private static void writeTraffic(TestServer server) throws Exception {
        Instant first = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(DAY.length - 1L, ChronoUnit.HOURS);
        String url = "jdbc:derby:" + server.folder().resolve("var/store/derby");
        try (URLClassLoader loader = derby()) {
            Driver driver = (Driver) loader.loadClass("org.apache.derby.jdbc.EmbeddedDriver").getDeclaredConstructor().newInstance();
            try (Connection connection = driver.connect(url, new Properties());
                 PreparedStatement insert = connection.prepareStatement("INSERT INTO MAILVEIL.TRAFFIC VALUES (?, ?, ?, ?)")) {
                for (int i = 0; i < DAY.length; i++) {
                    Instant start = first.plus(i, ChronoUnit.HOURS);
                    long hour = start.toEpochMilli();
                    int amount = DAY[start.atZone(ZoneId.systemDefault()).getHour()];
                    add(insert, hour, "inbound", "", amount);
                    add(insert, hour, "replies", "", amount * 5 / 8);
                    add(insert, hour, "outbound", "", amount / 5);
                    add(insert, hour, "refused", "unknown", i % 3 == 1 ? 2 : 0);
                    add(insert, hour, "refused", "not-owner", i % 7 == 4 ? 1 : 0);
                    add(insert, hour, "bounces", "", i == 15 ? 1 : 0);
                }
            }
            // Derby says by an exception that it has let go of the database
            assertThatThrownBy(() -> driver.connect(url + ";shutdown=true", new Properties())).hasMessageContaining("shutdown");
        }
    }

    private static void add(PreparedStatement insert, long hour, String direction, String cause, int amount) throws Exception {
        if (amount == 0) {
            return;
        }
        insert.setLong(1, hour);
        insert.setString(2, direction);
        insert.setString(3, cause);
        insert.setLong(4, amount);
        insert.executeUpdate();
    }

    /** The Derby of the distribution, which is not on the class path of the tests. */
    private static URLClassLoader derby() throws IOException {
        try (Stream<Path> files = Files.list(TestServer.distribution().resolve("lib"))) {
            Path jar = files.filter(file -> file.getFileName().toString().matches("derby-\\d.*\\.jar")).findFirst().orElseThrow();
            return new URLClassLoader(new URL[] {jar.toUri().toURL()});
        }
    }

    private static void save(String name) throws IOException {
        Files.write(Path.of("..", "docs", name), BROWSER.screenshot());
    }
}
