package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/** Keys and data: rotation, backup and restore, export and import, retention. */
class DataIT {
    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("data");

    private static final String PASSPHRASE = "{\"passphrase\":\"correct horse battery\"}";

    private static String task(World world, String body) {
        return world.webAdmin().post("/mailveil/keys/rotate", body).task();
    }

    @Test
    void rotatedKeyShouldSealEverythingAnewWhileMailGoesOn(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Before");
        Received before = alice.receives("Before");
        Path keyset = SERVER.folder().resolve("conf").resolve("mailveil.keyset");
        String old = Files.readString(keyset);

        JsonNode task = world.webAdmin().await(task(world, ""));

        assertThat(task.path("status").asText()).as(task.toString()).isEqualTo("completed");
        assertThat(task.path("type").asText()).isEqualTo("mailveil-key-rotation");
        assertThat(task.path("additionalInformation").path("total").asLong()).isPositive()
            .isEqualTo(task.path("additionalInformation").path("resealed").asLong());
        assertThat(Files.readString(keyset)).isNotEqualTo(old);
        carol.writesTo(info, "After");
        assertThat(alice.receives("After").address("From")).isEqualTo(before.address("From"));
        alice.repliesTo(before, "Answer");
        carol.receives("Answer");

        JsonNode again = world.webAdmin().await(task(world, "{\"step\":\"seal\"}"));
        assertThat(again.path("additionalInformation").path("resealed").asLong()).isZero();
        world.webAdmin().post("/mailveil/keys/rotate", "{\"step\":\"twice\"}").is(400);
        assertThat(SERVER.health()).isEqualTo("healthy");
    }

    /** James stops a task by interrupting its thread, which must not show in Derby nor in the file. */
    @Test
    void keyRotationThatIsStoppedAgainAndAgainShouldHarmNothing(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        for (int i = 0; i < 400; i++) {
            String body = "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"c%d@faraway.test\"}".formatted(info, alice, i);
            world.webAdmin().post("/mailveil/phantoms", body).is(201);
        }
        carol.writesTo(info, "Before");
        Received before = alice.receives("Before");
        List<String> phantoms = info.phantomsOf(alice);

        Path keyset = SERVER.folder().resolve("conf").resolve("mailveil.keyset");
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String key = primaryKey(keyset);
            String task = task(world, "");
            if (i % 2 == 0) {
                // into the work on the database; otherwise it is mostly the file that is being written
                await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> !primaryKey(keyset).equals(key));
            }
            world.webAdmin().delete("/tasks/" + task).is(204);
            carol.writesTo(info, "Meanwhile");
            assertThat(alice.receives("Meanwhile").address("From")).isEqualTo(before.address("From"));
            ends.add(world.webAdmin().await(task).path("status").asText());
        }
        assertThat(ends).as("how they ended").contains("canceled").isSubsetOf("canceled", "completed");

        JsonNode last = world.webAdmin().await(task(world, "{\"step\":\"seal\"}"));
        assertThat(last.path("status").asText()).as(last.toString()).isEqualTo("completed");
        JsonNode again = world.webAdmin().await(task(world, "{\"step\":\"seal\"}"));
        assertThat(again.path("additionalInformation").path("resealed").asLong()).isZero();
        assertThat(again.path("additionalInformation").path("looked").asLong()).isGreaterThan(400);
        assertThat(info.phantomsOf(alice)).isEqualTo(phantoms);
        assertThat(Files.readString(SERVER.folder().resolve("logs").resolve("james.log"))).doesNotContain("Error while running task");
        assertThat(SERVER.health()).isEqualTo("healthy");
    }

    private static String primaryKey(Path keyset) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(keyset)).path("atRest").path("primaryKeyId").asText();
    }

    @Test
    void exportShouldLiveOnInAnotherInstallation(World world) throws Exception {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Here");
        Received here = alice.receives("Here");
        WebAdmin admin = world.webAdmin();

        Stream.of("", "{}", "{\"passphrase\":\"short\"}", "{\"passphrase\":\"correct horse\",\"x\":1}").forEach(body ->
            admin.post("/mailveil/export", body).is(400));
        String export = admin.post("/mailveil/export", PASSPHRASE).is(200).body();

        assertThat(export).contains(info.address()).doesNotContain(carol.address());
        importing(admin, export).is(409);

        TestServer other = TestServer.inFolder("data-import").start();
        try {
            WebAdmin there = other.webAdmin();
            String keyset = Files.readString(other.folder().resolve("conf").resolve("mailveil.keyset"));
            importing(there, export.substring(0, export.length() - 20)).is(400);
            assertThat(importing(there, export.replace("\"replies\":true", "\"replies\":false")).is(400).json().path("message").asText())
                .startsWith("Line ");
            there.send("POST", "/mailveil/import", export, "Content-Type", "application/x-ndjson", "Mailveil-Passphrase",
                "wrong wrong wrong").is(400);
            there.send("POST", "/mailveil/import", export, "Content-Type", "application/x-ndjson").is(400);
            there.post("/mailveil/import", "{}").is(415);
            assertThat(there.get("/mailveil/publicAddresses").is(200).json()).isEmpty();
            assertThat(there.get("/mappings").is(200).json()).isEmpty();
            assertThat(Files.readString(other.folder().resolve("conf").resolve("mailveil.keyset"))).isEqualTo(keyset);

            importing(there, export).is(200);

            assertThat(there.get(info.path()).is(200).body()).isEqualTo(admin.get(info.path()).body());
            World elsewhere = World.on(other);
            Person hers = elsewhere.like(alice);
            Person his = elsewhere.like(carol);
            hers.writesLoggedInTo(here.address("From"), "To the phantom of the other server");
            his.receives("To the phantom of the other server");
            his.writesTo(info.address(), "There");
            assertThat(hers.receives("There").address("From")).isEqualTo(here.address("From"));
            other.stop();
            other.start();
            his.writesTo(info.address(), "After a restart");
            assertThat(hers.receives("After a restart").address("From")).isEqualTo(here.address("From"));
            elsewhere.nobodyElseGotAnything();
            auditShouldNameTheOneOfTheToken(other, info);
        } finally {
            other.crash();
        }
    }

    /** With James's authentication on; here, since it needs a restart. */
    private static void auditShouldNameTheOneOfTheToken(TestServer server, PublicAddress info) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        Files.writeString(server.folder().resolve("conf").resolve("jwt_publickey"), "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n");
        server.stop();
        server.edit("webadmin.properties", text -> text + "\njwt.enabled=true\njwt.publickeypem.url=file://conf/jwt_publickey\n");
        server.start();
        WebAdmin admin = server.webAdmin();
        String bearer = "Bearer " + token(pair.getPrivate(), "{\"sub\":\"root@company.test\",\"admin\":true}");

        admin.get(info.path()).is(401);
        admin.send("OPTIONS", info.path(), "", "X-HTTP-Method-Override", "DELETE").is(405);
        admin.send("GET", info.path(), "", "Authorization", bearer).is(200);
        admin.send("PUT", info.path(), "{\"displayName\":\"Named\"}", "Authorization", bearer).is(204);
        JsonNode entries = admin.send("GET", "/mailveil/audit?limit=1&subject=" + info, "", "Authorization", bearer).is(200).json();
        assertThat(entries.path(0).path("who").asText()).isEqualTo("root@company.test (127.0.0.1)");
    }

    private static String token(PrivateKey key, String claims) throws GeneralSecurityException {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String content = base64.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
            + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(content.getBytes(StandardCharsets.UTF_8));
        return content + "." + base64.encodeToString(signature.sign());
    }

    private static WebAdmin.Answer importing(WebAdmin admin, String export) {
        return admin.send("POST", "/mailveil/import", export, "Content-Type", "application/x-ndjson", "Mailveil-Passphrase",
            "correct horse battery");
    }

    @Test
    void backupShouldBringBackWhatWasLost(World world) throws IOException {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Before");
        Received before = alice.receives("Before");
        Path backup = SERVER.folder().resolveSibling("data-backup");

        SERVER.stop();
        copy(SERVER.folder().resolve("var"), backup.resolve("var"));
        copy(SERVER.folder().resolve("conf"), backup.resolve("conf"));
        SERVER.start();
        world.webAdmin().delete(info.path()).is(204);
        SERVER.crash();
        copy(backup.resolve("var"), SERVER.folder().resolve("var"));
        copy(backup.resolve("conf"), SERVER.folder().resolve("conf"));
        SERVER.start();

        assertThat(world.webAdmin().get(info.path()).is(200).json().path("members")).hasSize(1);
        alice.repliesTo(before, "Answer");
        carol.receives("Answer");
        carol.writesTo(info, "After");
        assertThat(alice.receives("After").address("From")).isEqualTo(before.address("From"));
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> files = Files.walk(to)) {
                List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : all) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
