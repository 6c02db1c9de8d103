package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;

/** Metrics and logs: what an operator sees, and what nobody may see there. */
@ExtendWith(SharedServer.class)
class LookingInIT {
    private static final Path DASHBOARD = Path.of("..", "docs", "grafana-dashboard.json");
    private static final Pattern METRIC = Pattern.compile("\\bmailveil_[a-z0-9_]+\\b");

    /** A conversation in every direction, with refusals, administration and a mail that is held. */
    private static Person converse(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Question");
        world.call("x", alice.receives("Question").address("From"));
        alice.writesLoggedInTo(world.text("{x}"), "Answer");
        carol.receives("Answer");
        alice.writesLoggedInTo(dave.address(), "New");
        dave.receives("New");
        world.submission(bob, """
            c -> MAIL FROM:<{bob}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            """);
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.7.1
            c -> RCPT TO:<nobody@company.test>
            c <- 550 5.1.1
            c -> RCPT TO:<{alice}>
            c <- 550 5.1.1
            """);
        String body = "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"%s\",\"name\":\"Carol\"}"
            .formatted(info, alice, carol);
        world.webAdmin().post("/mailveil/phantoms", body).is(201);
        world.webAdmin().post("/mailveil/correspondents/find", "{\"correspondent\":\"" + carol + "\"}").is(200);
        world.webAdmin().post(world.text("/mailveil/phantoms/{x}/reveal"), "{\"reason\":\"To see what is logged\"}").is(200);
        world.webAdmin().post("/mailveil/correspondents/erase", "{\"correspondent\":\"" + carol + "\"}").is(200);
        return carol;
    }

    @Test
    void noFileOfTheLogShouldNameACorrespondent(World world) throws IOException {
        Person carol = converse(world);
        world.server().settle();
        Path folder = world.server().folder();

        try (Stream<Path> files = Stream.concat(Files.walk(folder.resolve("logs")), Files.walk(folder, 1))) {
            List<Path> logs = files.filter(Files::isRegularFile).toList();
            assertThat(logs).extracting(path -> path.getFileName().toString()).contains("james.log", "console.out", "console.err");
            for (Path log : logs) {
                String text = Files.readString(log, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                assertThat(text.lines().filter(line -> line.contains(carol.address()) || line.contains("faraway.test")))
                    .as("lines of %s", log).isEmpty();
            }
        }
    }

    @Test
    void metricsShouldHaveWhatTheDashboardShowsAndNameNobody(World world) throws IOException {
        Person carol = converse(world);
        String metrics = world.webAdmin().get("/metrics").is(200).body();
        Set<String> shown = metrics.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("[ {]")[0])
            .collect(Collectors.toCollection(TreeSet::new));

        Set<String> wanted = new TreeSet<>();
        for (JsonNode expression : new ObjectMapper().readTree(Files.readAllBytes(DASHBOARD)).findValues("expr")) {
            for (Matcher matcher = METRIC.matcher(expression.asText()); matcher.find();) {
                wanted.add(matcher.group());
            }
        }
        wanted.removeIf(name -> name.startsWith("mailveil_refused_"));
        assertThat(wanted).hasSize(9).isSubsetOf(shown);
        assertThat(shown).contains("mailveil_refused_not_owner_total");
        assertThat(metrics).doesNotContain(carol.address()).doesNotContain("@");
        assertThat(value(metrics, "mailveil_inbound_total")).isPositive();
        assertThat(value(metrics, "mailveil_rewriting_count")).isPositive();
        assertThat(value(metrics, "mailveil_store_count")).isPositive();
    }

    private static double value(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name + " ")).mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
            .findFirst().orElse(-1);
    }
}
