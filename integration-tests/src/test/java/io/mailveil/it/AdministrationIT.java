package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/** Administration over HTTP: DESIGN.md section 9, as far as it is there. */
@ExtendWith(SharedServer.class)
class AdministrationIT {
    private static final String PHANTOMS = "/mailveil/phantoms";

    @Test
    void publicAddressShouldBeListedReadAndDeleted(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        WebAdmin admin = world.webAdmin();

        assertThat(admin.get("/mailveil/publicAddresses").is(200).json()).extracting(JsonNode::asText).contains(info.address());
        JsonNode read = admin.get(info.path()).is(200).json();
        assertThat(read.path("address").asText()).isEqualTo(info.address());
        assertThat(read.path("displayName").asText()).isEqualTo(info.displayName());
        assertThat(read.path("members")).hasSize(1);
        assertThat(read.path("members").path(0).toString())
            .isEqualTo("{\"member\":\"" + alice + "\",\"forwarding\":true,\"anonymize\":true,\"replies\":true}");

        admin.delete(info.path()).is(204);
        admin.get(info.path()).is(404);
        admin.delete(info.path()).is(404);
        assertThat(admin.get("/mailveil/publicAddresses").json()).extracting(JsonNode::asText).doesNotContain(info.address());
    }

    @Test
    void putShouldLeaveWhatItDoesNotName(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info").add(alice, "{\"replies\": false}");
        WebAdmin admin = world.webAdmin();

        admin.put(info.path(), "").is(204);
        admin.put(info.path(alice), "{\"anonymize\": false}").is(204);
        admin.patch(info.path(alice), "{\"forwarding\": false}").is(204);
        admin.patch(info.path(alice), "{}").is(204);

        assertThat(admin.get(info.path()).json().path("displayName").asText()).isEqualTo(info.displayName());
        assertThat(admin.get(info.path() + "/members").is(200).json().path(0).toString())
            .isEqualTo("{\"member\":\"" + alice + "\",\"forwarding\":false,\"anonymize\":false,\"replies\":false}");
    }

    @Test
    void addressesShouldBeTheSameInAnyCase(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        String shouted = info.path().replace(info.address(), info.address().toUpperCase(Locale.ROOT));

        world.webAdmin().patch(shouted + "/members/" + alice.address().toUpperCase(Locale.ROOT), "{\"replies\": false}").is(204);

        assertThat(world.webAdmin().get(shouted + "/members").is(200).json()).hasSize(1)
            .allSatisfy(member -> assertThat(member.path("replies").asBoolean()).isFalse());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "PUT   | /mailveil/publicAddresses/noaddress                          | ``",
        "PUT   | /mailveil/publicAddresses/someone@elsewhere.example          | ``",
        "PUT   | /mailveil/publicAddresses/{new}                              | {\"displayname\":\"x\"}",
        "PUT   | /mailveil/publicAddresses/{new}                              | {\"displayName\":7}",
        "PUT   | /mailveil/publicAddresses/{new}                              | {\"displayName\":\"a@b.test\"}",
        "PUT   | /mailveil/publicAddresses/{new}                              | {\"displayName\":\"a\\r\\nBcc: b\"}",
        "PUT   | /mailveil/publicAddresses/{new}                              | []",
        "PUT   | /mailveil/publicAddresses/{new}                              | {not json",
        "PUT   | /mailveil/publicAddresses/{new}                              | {} {}",
        "PUT   | /mailveil/publicAddresses/{info}/members/noaddress           | {}",
        "PUT   | /mailveil/publicAddresses/{info}/members/{info}              | {}",
        "PUT   | /mailveil/publicAddresses/{info}/members/{erin}              | {\"forwarding\":\"yes\"}",
        "PUT   | /mailveil/publicAddresses/{info}/members/{erin}              | {\"forward\":true}",
        "PUT   | /mailveil/publicAddresses/{info}/members/{erin}              | {\"replies\":true,\"replies\":false}",
        "PATCH | /mailveil/publicAddresses/{info}/members/{alice}             | {\"forwarding\":null}",
        "PATCH | /mailveil/publicAddresses/{info}/members/{alice}             | {\"forwarding\":false,\"replies\":1}",
        "GET   | /mailveil/phantoms?limit=0                                   | ``",
        "GET   | /mailveil/phantoms?limit=many                                | ``",
        "GET   | /mailveil/phantoms?limit=100000                              | ``",
        "GET   | /mailveil/phantoms?member=noaddress                          | ``",
        "POST  | /mailveil/phantoms                                           | {}",
        "POST  | /mailveil/phantoms | {\"publicAddress\":\"{info}\",\"member\":\"{alice}\"}",
        "POST  | /mailveil/phantoms | {\"publicAddress\":\"{info}\",\"member\":\"{alice}\",\"correspondent\":\"nobody\"}",
        "POST  | /mailveil/phantoms | {\"publicAddress\":\"{info}\",\"member\":\"{alice}\",\"correspondent\":\"c@d.test\",\"x\":1}",
        "PATCH | /mailveil/phantoms/{x}                                       | {\"blocked\":\"yes\"}",
        "PATCH | /mailveil/phantoms/noaddress                                 | {\"blocked\":true}"
    }, delimiter = '|')
    void badInputShouldBeToldAndChangeNothing(String method, String path, String body, World world) {
        Person alice = world.staff("alice");
        world.staff("erin");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        world.call("new", "new" + info);
        world.call("x", create(world, info, alice, carol.address()));
        String before = state(world, info);

        WebAdmin.Answer answer = send(world.webAdmin(), method.trim(), world.text(path.trim()), world.text(body.trim()));

        answer.is(400);
        assertThat(answer.json().path("statusCode").asInt()).isEqualTo(400);
        assertThat(answer.json().path("message").asText()).isNotBlank();
        assertThat(state(world, info)).isEqualTo(before);
        world.webAdmin().get(world.text("/mailveil/publicAddresses/{new}")).is(404);
    }

    private static String state(World world, PublicAddress info) {
        return world.webAdmin().get(info.path()).is(200).body() + world.webAdmin().get(PHANTOMS + "?publicAddress=" + info).is(200).body();
    }

    private static WebAdmin.Answer send(WebAdmin admin, String method, String path, String body) {
        switch (method) {
            case "GET":
                return admin.get(path);
            case "PUT":
                return admin.put(path, body);
            case "POST":
                return admin.post(path, body);
            case "PATCH":
                return admin.patch(path, body);
            default:
                return admin.delete(path);
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "GET    | /mailveil/publicAddresses/{nobody}                   | ``",
        "GET    | /mailveil/publicAddresses/{nobody}/members           | ``",
        "DELETE | /mailveil/publicAddresses/{nobody}                   | ``",
        "PUT    | /mailveil/publicAddresses/{nobody}/members/{alice}   | {}",
        "PATCH  | /mailveil/publicAddresses/{nobody}/members/{alice}   | {\"replies\":false}",
        "PATCH  | /mailveil/publicAddresses/{info}/members/{erin}      | {\"replies\":false}",
        "DELETE | /mailveil/publicAddresses/{info}/members/{erin}      | ``",
        "GET    | /mailveil/phantoms/{nobody}                          | ``",
        "PATCH  | /mailveil/phantoms/{nobody}                          | {\"blocked\":true}",
        "DELETE | /mailveil/phantoms/{nobody}                          | ``",
        "POST   | /mailveil/phantoms | {\"publicAddress\":\"{info}\",\"member\":\"{erin}\",\"correspondent\":\"c@d.test\"}"
    }, delimiter = '|')
    void whatIsNotThereShouldBeToldAs404(String method, String path, String body, World world) {
        Person alice = world.staff("alice");
        world.staff("erin");
        world.publicAddress("info", alice);
        world.call("nobody", world.nobodyAt("company.test"));

        send(world.webAdmin(), method.trim(), world.text(path.trim()), world.text(body.trim())).is(404);
    }

    @Test
    void userOfThisServerShouldNotBecomeAPublicAddress(World world) {
        Person carol = world.outsider("carol");

        assertThat(world.webAdmin().put("/mailveil/publicAddresses/" + carol, "").is(409).json().path("message").asText())
            .contains(carol.address());
        world.webAdmin().get("/mailveil/publicAddresses/" + carol).is(404);
    }

    @Test
    void phantomShouldBeMadeReadBlockedAndDeleted(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        WebAdmin admin = world.webAdmin();

        String x = world.call("x", create(world, info, alice, carol.address()));
        assertThat(create(world, info, alice, carol.address())).as("asked for again").isEqualTo(x);
        JsonNode read = admin.get(PHANTOMS + "/" + x).is(200).json();
        assertThat(read.path("address").asText()).isEqualTo(x);
        assertThat(read.path("publicAddress").asText()).isEqualTo(info.address());
        assertThat(read.path("member").asText()).isEqualTo(alice.address());
        assertThat(read.path("blocked").asBoolean()).isFalse();
        assertThat(read.path("lastUsedAt").asText()).matches("\\d{4}-\\d{2}-\\d{2}");
        assertThat(read.toString()).doesNotContain(carol.address());

        alice.writesLoggedInTo(x, "A first mail");
        carol.receives("A first mail");

        admin.patch(PHANTOMS + "/" + x, "{\"blocked\": true}").is(204);
        assertThat(admin.get(PHANTOMS + "/" + x).json().path("blocked").asBoolean()).isTrue();
        admin.patch(PHANTOMS + "/" + x, "{\"blocked\": false}").is(204);

        admin.delete(PHANTOMS + "/" + x).is(204);
        admin.get(PHANTOMS + "/" + x).is(404);
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{x}>
            c <- 550 5.1.1 Unknown user: {x}
            """);
        assertThat(create(world, info, alice, carol.address())).as("a deleted one never comes back").isNotEqualTo(x);
    }

    private static String create(World world, PublicAddress info, Person member, String correspondent) {
        return world.webAdmin().post(PHANTOMS, "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"%s\"}"
            .formatted(info, member, correspondent)).is(201).json().path("address").asText();
    }

    @Test
    void phantomsShouldComeInPages(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(create(world, info, alice, "c" + i + "@faraway.test"));
        }

        List<String> listed = new ArrayList<>();
        String after = "";
        for (JsonNode page = page(world, info, after); !page.isEmpty(); page = page(world, info, after)) {
            assertThat(page.size()).isLessThanOrEqualTo(3);
            page.forEach(phantom -> listed.add(phantom.path("address").asText()));
            after = listed.get(listed.size() - 1);
        }

        assertThat(listed).containsExactlyInAnyOrderElementsOf(made);
    }

    private static JsonNode page(World world, PublicAddress info, String after) {
        return world.webAdmin().get(PHANTOMS + "?limit=3&publicAddress=" + info + "&after=" + after).is(200).json();
    }

    @Test
    void samePersonShouldBeAnotherPhantomForEachMember(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        PublicAddress info = world.publicAddress("info", alice, bob);

        assertThat(create(world, info, alice, "c@faraway.test")).isNotEqualTo(create(world, info, bob, "c@faraway.test"));
        assertThat(info.phantomsOf(alice)).hasSize(1);
        assertThat(info.phantomsOf(bob)).hasSize(1);
    }
}
