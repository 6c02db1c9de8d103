package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/** Who did what: the audit, revealing, forgetting, held mail (DESIGN.md section 9). */
@ExtendWith(SharedServer.class)
class AuditIT {
    private static final String AUDIT = "/mailveil/audit";
    private static final String PHANTOMS = "/mailveil/phantoms";
    private static final String CORRESPONDENTS = "/mailveil/correspondents";

    private static String create(World world, PublicAddress info, Person member, String correspondent) {
        return world.webAdmin().post(PHANTOMS, "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"%s\"}"
            .formatted(info, member, correspondent)).is(201).json().path("address").asText();
    }

    private static List<String> entries(World world, String query) {
        List<String> result = new ArrayList<>();
        world.webAdmin().get(AUDIT + "?" + query).is(200).json().forEach(entry -> result.add(
            entry.path("action").asText() + " " + entry.path("subject").asText() + " " + entry.path("detail").asText()));
        return result;
    }

    @Test
    void everyChangeOfASettingShouldBeInTheAuditNewestFirst(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info").add(alice, "{\"replies\": false}");
        String x = create(world, info, alice, "c@faraway.test");
        WebAdmin admin = world.webAdmin();
        admin.patch(info.path(alice), "{\"replies\": true}").is(204);
        admin.patch(PHANTOMS + "/" + x, "{\"blocked\": true}").is(204);
        admin.patch(PHANTOMS + "/" + x, "{\"blocked\": false}").is(204);
        admin.delete(PHANTOMS + "/" + x).is(204);
        admin.delete(info.path(alice)).is(204);
        admin.delete(info.path()).is(204);

        assertThat(entries(world, "subject=" + x)).containsExactly(
            "phantom.retire " + x + " of " + alice + " of " + info,
            "phantom.unblock " + x + " of " + alice + " of " + info,
            "phantom.block " + x + " of " + alice + " of " + info,
            "phantom.create " + x + " of " + alice + " of " + info);
        assertThat(entries(world, "subject=" + alice)).containsExactly(
            "member.delete " + alice + " of " + info,
            "member.put " + alice + " of " + info + " replies=true",
            "member.put " + alice + " of " + info + " replies=false");
        assertThat(entries(world, "subject=" + info)).containsExactly(
            "publicAddress.delete " + info + " ", "publicAddress.put " + info + " displayName=" + info.displayName());
        JsonNode last = admin.get(AUDIT + "?limit=1&subject=" + info).is(200).json().path(0);
        assertThat(last.path("who").asText()).isEqualTo("admin (127.0.0.1)");
        assertThat(last.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    }

    @Test
    void whatDidNotHappenShouldNotBeInTheAudit(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info");

        world.webAdmin().delete(info.path(alice)).is(404);
        world.webAdmin().patch(info.path(alice), "{\"replies\": false}").is(404);
        world.webAdmin().put(info.path(alice), "{\"replies\": 7}").is(400);

        assertThat(entries(world, "subject=" + alice)).isEmpty();
    }

    @Test
    void revealShouldNeedAReasonAndBeNoted(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        String x = create(world, info, alice, "Secret.Person@faraway.test");
        WebAdmin admin = world.webAdmin();

        Stream.of("", "{}", "{\"reason\":\"\"}", "{\"reason\":\"  \"}", "{\"reason\":7}", "{\"reason\":\"x\",\"y\":1}").forEach(body ->
            assertThat(admin.post(PHANTOMS + "/" + x + "/reveal", body).is(400).body()).doesNotContain("faraway"));
        admin.post(PHANTOMS + "/" + world.nobodyAt("company.test") + "/reveal", "{\"reason\":\"I want to\"}").is(404);
        assertThat(entries(world, "action=phantom.reveal&subject=" + x)).isEmpty();

        WebAdmin.Answer answer = admin.post(PHANTOMS + "/" + x + "/reveal", "{\"reason\":\"Police, file 7\"}").is(200);

        assertThat(answer.body()).isEqualTo("{\"correspondent\":\"Secret.Person@faraway.test\"}");
        assertThat(entries(world, "action=phantom.reveal&subject=" + x)).containsExactly("phantom.reveal " + x + " Police, file 7");
    }

    @Test
    void refusedMailShouldBeCountedByTheHour(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        PublicAddress info = world.publicAddress("info", alice);
        world.call("x", create(world, info, alice, "c@faraway.test"));
        long before = refused(world);

        for (int i = 0; i < 3; i++) {
            world.submission(bob, """
                c -> MAIL FROM:<{bob}>
                c <- 250
                c -> RCPT TO:<{x}>
                c <- 550 5.7.1
                """);
        }

        assertThat(refused(world)).isEqualTo(before + 3);
        JsonNode traffic = world.webAdmin().get("/mailveil/traffic?hours=2").is(200).json();
        assertThat(traffic).hasSize(2);
        assertThat(traffic.path(1).path("refused").path("not-owner").asLong() + traffic.path(0).path("refused").path("not-owner").asLong())
            .isGreaterThanOrEqualTo(3);
    }

    private static long refused(World world) {
        long result = 0;
        for (JsonNode entry : world.webAdmin().get(AUDIT + "?limit=1000&action=mail.refused").is(200).json()) {
            if (entry.path("detail").asText().equals("not-owner")) {
                result += entry.path("count").asLong();
            }
        }
        return result;
    }

    @Test
    void trafficShouldCountEveryDirection(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        long inbound = traffic(world, "inbound");
        long replies = traffic(world, "replies");
        long outbound = traffic(world, "outbound");

        carol.writesTo(info, "One");
        alice.repliesTo(alice.receives("One"), "Two");
        carol.receives("Two");
        alice.writesLoggedInTo(carol.address(), "Three");
        carol.receives("Three");

        assertThat(traffic(world, "inbound")).isEqualTo(inbound + 1);
        assertThat(traffic(world, "replies")).isEqualTo(replies + 1);
        assertThat(traffic(world, "outbound")).isEqualTo(outbound + 1);
    }

    private static long traffic(World world, String direction) {
        long result = 0;
        for (JsonNode hour : world.webAdmin().get("/mailveil/traffic?hours=3").is(200).json()) {
            result += hour.path(direction).asLong();
        }
        return result;
    }

    @Test
    void auditShouldComeInPagesAndAsJsonLines(World world) {
        PublicAddress info = world.publicAddress("info");
        for (int i = 0; i < 4; i++) {
            world.webAdmin().put(info.path(), "{\"displayName\":\"Name " + i + "\"}").is(204);
        }
        String query = AUDIT + "?subject=" + info;

        List<String> paged = new ArrayList<>();
        String after = "";
        for (JsonNode page = page(world, query, after); !page.isEmpty(); page = page(world, query, after)) {
            page.forEach(entry -> paged.add(entry.toString()));
            after = page.get(page.size() - 1).path("id").asText();
        }

        assertThat(paged).hasSize(5);
        assertThat(world.webAdmin().get(query + "&format=jsonl").is(200).body().lines()).isEqualTo(paged);
        assertThat(world.webAdmin().send("GET", query, "", "Accept", "application/x-ndjson").is(200).body().lines()).isEqualTo(paged);
    }

    private static JsonNode page(World world, String query, String after) {
        return world.webAdmin().get(query + "&limit=2&after=" + after).is(200).json();
    }

    @Test
    void pruneShouldBeNoted(World world) {
        PublicAddress info = world.publicAddress("info");

        assertThat(world.webAdmin().delete(AUDIT + "?olderThan=90d").is(200).json().path("deleted").asInt()).isZero();

        assertThat(entries(world, "limit=1&action=audit.prune")).hasSize(1);
        assertThat(entries(world, "subject=" + info)).hasSize(1);
    }

    @Test
    void personShouldBeFoundAndForgotten(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice, bob);
        PublicAddress sales = world.publicAddress("sales", alice);
        List<String> made = List.of(create(world, info, alice, carol.address()), create(world, info, bob, carol.address()),
            create(world, sales, alice, carol.address().toUpperCase(java.util.Locale.ROOT)));
        String other = create(world, info, alice, "d@faraway.test");
        world.call("x", made.get(0));
        carol.writesTo(sales, "Hello");
        String unproven = alice.receives("Hello").address("From");
        WebAdmin admin = world.webAdmin();

        JsonNode found = find(world, "\"correspondent\":\"" + carol + "\"");
        assertThat(found).extracting(phantom -> phantom.path("address").asText())
            .containsExactlyInAnyOrder(made.get(0), made.get(1), made.get(2), unproven);
        assertThat(find(world, "\"correspondent\":\"" + carol + "\",\"member\":\"" + bob + "\"")).hasSize(1);
        assertThat(find(world, "\"correspondent\":\"" + carol + "\",\"publicAddress\":\"" + sales + "\"")).hasSize(2);

        assertThat(erase(world, carol)).isEqualTo("{\"erased\":4}");

        assertThat(find(world, "\"correspondent\":\"" + carol + "\"")).isEmpty();
        made.forEach(phantom -> admin.get(PHANTOMS + "/" + phantom).is(404));
        admin.get(PHANTOMS + "/" + other).is(200);
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.1.1 Unknown user: {x}
            """);
        assertThat(erase(world, carol)).isEqualTo("{\"erased\":0}");
        JsonNode erased = admin.get(AUDIT + "?limit=1&action=correspondent.erase").is(200).json().path(0);
        assertThat(erased.path("subject").asText()).matches("[a-z2-7]{26}");
        assertThat(entries(world, "subject=" + erased.path("subject").asText())).hasSize(6);
        assertThat(admin.get(AUDIT + "?limit=1000").is(200).body()).doesNotContain(carol.address()).doesNotContain("d@faraway.test");
    }

    private static JsonNode find(World world, String body) {
        return world.webAdmin().post(CORRESPONDENTS + "/find", "{" + body + "}").is(200).json();
    }

    private static String erase(World world, Person person) {
        return world.webAdmin().post(CORRESPONDENTS + "/erase", "{\"correspondent\":\"" + person + "\"}").is(200).body();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "find  | ``",
        "find  | {}",
        "find  | {\"correspondent\":\"nobody\"}",
        "find  | {\"correspondent\":7}",
        "find  | {\"correspondent\":\"c@d.test\",\"member\":\"nobody\"}",
        "find  | {\"correspondent\":\"c@d.test\",\"limit\":1}",
        "erase | ``",
        "erase | {\"correspondent\":\"nobody\"}",
        "erase | {\"correspondent\":\"c@d.test\",\"member\":\"a@b.test\"}"
    }, delimiter = '|')
    void badQuestionForAPersonShouldBeToldAndNotBeNoted(String route, String body, World world) {
        String last = AUDIT + "?limit=1&action=correspondent." + route.replace("find", "search");
        String before = world.webAdmin().get(last).is(200).body();

        WebAdmin.Answer answer = world.webAdmin().post(CORRESPONDENTS + "/" + route, body).is(400);

        assertThat(answer.json().path("message").asText()).isNotBlank();
        assertThat(world.webAdmin().get(last).is(200).body()).isEqualTo(before);
    }

    @Test
    void heldMailShouldBeListedAndTriedAgain(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.sends("From: Carol <{carol}>\nTo: {info}\nthis line is no header field\nSubject: Broken\n\nText.\n", info.address());
        world.expectKept(TestServer.HELD, 1);
        WebAdmin admin = world.webAdmin();

        WebAdmin.Answer list = admin.get("/mailveil/held").is(200);
        assertThat(list.json()).hasSize(1);
        JsonNode mail = list.json().path(0);
        assertThat(mail.path("leg").asText()).isEqualTo("inbound");
        assertThat(mail.path("cause").asText()).isNotBlank();
        assertThat(mail.path("heldAt").asText()).startsWith("20").endsWith("Z");
        assertThat(list.body()).doesNotContain(carol.address());
        admin.post("/mailveil/held/nothing/retry", "").is(404);

        admin.post("/mailveil/held/" + mail.path("key").asText() + "/retry", "").is(204);

        // it is as broken as before, and not lost
        world.server().settle();
        assertThat(admin.get("/mailveil/held").is(200).json()).hasSize(1);
        alice.receivesNothing();
        assertThat(entries(world, "limit=1&action=held.retry")).containsExactly("held.retry  " + mail.path("key").asText());
        world.server().clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "GET    | /mailveil/audit?limit=0",
        "GET    | /mailveil/audit?limit=1001",
        "GET    | /mailveil/audit?since=yesterday",
        "GET    | /mailveil/audit?until=2026-13-01",
        "GET    | /mailveil/audit?action=everything",
        "GET    | /mailveil/audit?after=7",
        "GET    | /mailveil/audit?format=xml",
        "GET    | /mailveil/audit?sinse=2026-01-01",
        "GET    | /mailveil/audit?limit=1&limit=2",
        "DELETE | /mailveil/audit",
        "DELETE | /mailveil/audit?olderThan=0d",
        "DELETE | /mailveil/audit?olderThan=90",
        "DELETE | /mailveil/audit?olderThan=-1d",
        "GET    | /mailveil/traffic?hours=0",
        "GET    | /mailveil/traffic?hours=999999",
        "GET    | /mailveil/held?limit=x",
        "GET    | /mailveil/phantoms?correspondent=c@d.test",
        "GET    | /mailveil/phantoms?colour=blue"
    }, delimiter = '|')
    void badQueryShouldBeTold(String method, String path, World world) {
        WebAdmin.Answer answer = world.webAdmin().send(method.trim(), path.trim(), "").is(400);

        assertThat(answer.json().path("statusCode").asInt()).isEqualTo(400);
        assertThat(answer.json().path("message").asText()).isNotBlank();
    }
}
