package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.Keys;
import io.mailveil.address.KeysetFile;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;

class TransferTest {
    private static final String PASSPHRASE = "correct horse battery";
    private static final EmailAddress INFO = EmailAddress.of("info@company.test");
    private static final EmailAddress ALICE = EmailAddress.of("Alice@staff.test");
    private static final EmailAddress BOB = EmailAddress.of("bob@staff.test");
    private static final EmailAddress CAROL = EmailAddress.of("Carol@world.test");

    @TempDir
    Path folder;

    private Installation from;
    private Installation to;

    /** A store with its keys, as a server has it. */
    private static final class Installation {
        private final TestStore store;
        private final Path file;
        private final Keys keys;
        private final PhantomStore phantoms;
        private final Transfer transfer;

        private Installation(Path folder) {
            store = new TestStore(folder);
            file = folder.resolve("mailveil.keyset");
            keys = KeyGuard.keysFor(store.database, file);
            phantoms = new PhantomStore(store.database, new Phantoms(keys), new Seal(keys), Optional.empty(), Clock.systemUTC());
            transfer = new Transfer(store.database, store.forwards, keys, Clock.systemUTC());
        }

        private String export() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            transfer.write(out, PASSPHRASE, KeysetFile.content(file));
            return out.toString(StandardCharsets.UTF_8);
        }

        private Transfer.Summary read(String export, String passphrase) {
            return transfer.read(export, passphrase, new Transfer.Surroundings() {
                @Override
                public void publicAddress(PublicAddress address) {
                    // James's business
                }

                @Override
                public void keyset(byte[] content) {
                    KeysetFile.replaceContent(file, content);
                    keys.reload();
                }
            });
        }
    }

    private Phantom proven;
    private Phantom unproven;
    private EmailAddress retired;

    @BeforeEach
    void fill() throws Exception {
        Files.createDirectories(folder.resolve("from"));
        Files.createDirectories(folder.resolve("to"));
        from = new Installation(folder.resolve("from"));
        to = new Installation(folder.resolve("to"));
        from.store.forwards.putPublicAddress(INFO, Optional.of("相談窓口"));
        from.store.forwards.putForward(INFO, BOB, new Switches(Optional.empty(), Optional.of(false), Optional.of(false)));
        Forward forward = from.store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        retired = from.phantoms.findOrCreate(forward, PhantomClass.PROVEN, new Correspondent(CAROL, "")).address();
        from.phantoms.delete(retired);
        proven = from.phantoms.findOrCreate(forward, PhantomClass.PROVEN, new Correspondent(CAROL, "Carol"));
        unproven = from.phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, new Correspondent(CAROL, ""));
        from.phantoms.block(unproven.address(), true);
    }

    @AfterEach
    void close() {
        from.store.close();
        to.store.close();
    }

    @Test
    void everythingShouldBeThereAndWorkAsBefore() throws Exception {
        Transfer.Summary summary = to.read(from.export(), PASSPHRASE);

        assertThat(List.of(summary.publicAddresses(), summary.members(), summary.phantoms())).containsExactly(1, 2, 2);
        assertThat(to.store.forwards.publicAddress(INFO).orElseThrow().displayName()).contains("相談窓口");
        assertThat(to.store.forwards.forwardsOf(INFO)).extracting(forward -> forward.member() + " " + forward.forwarding() + " "
            + forward.anonymize() + " " + forward.replies())
            .containsExactly("bob@staff.test true false false", "Alice@staff.test true true true");
        Phantom here = to.phantoms.find(proven.address()).orElseThrow();
        assertThat(here.correspondent().address()).hasToString("Carol@world.test");
        assertThat(here.correspondent().name()).isEqualTo("Carol");
        assertThat(here.blocked()).isTrue();
        assertThat(here.createdAt()).isEqualTo(proven.createdAt());
        assertThat(to.phantoms.find(retired)).isEmpty();
        assertThat(to.phantoms.findOrCreate(here.forward(), PhantomClass.UNPROVEN, new Correspondent(CAROL, "")).address())
            .as("who writes again is who he was").isEqualTo(unproven.address());
        assertThat(to.phantoms.findOrCreate(here.forward(), PhantomClass.PROVEN, new Correspondent(CAROL, "")).address())
            .as("what was retired stays so").isEqualTo(proven.address());
        assertThat(KeyGuard.keysFor(to.store.database, to.file).fingerprint()).isEqualTo(from.keys.fingerprint());
    }

    @Test
    void whatWasDeletedAMomentAgoShouldComeBack() throws Exception {
        String export = from.export();
        from.store.forwards.deletePublicAddress(INFO);

        Transfer.Summary summary = from.read(export, PASSPHRASE);

        assertThat(summary.phantoms()).isEqualTo(2);
        assertThat(from.phantoms.find(proven.address()).orElseThrow().correspondent().address()).hasToString("Carol@world.test");
        assertThat(from.phantoms.purge()).isZero();
    }

    private static List<String> moments(String export) throws IOException {
        List<String> result = new ArrayList<>();
        for (String line : export.lines().skip(1).collect(Collectors.toList())) {
            result.add(new ObjectMapper().readTree(line).path("createdAt").asText());
        }
        return result;
    }

    @Test
    void momentsShouldNotChangeWhenServersAreInOtherTimeZones() throws Exception {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            String export = from.export();
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
            to.read(export, PASSPHRASE);

            assertThat(export).contains(proven.createdAt().toString());
            assertThat(to.phantoms.find(proven.address()).orElseThrow().createdAt()).isEqualTo(proven.createdAt());
            assertThat(moments(to.export())).isEqualTo(moments(export));
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void exportShouldNotShowCorrespondentsNorKeys() throws Exception {
        String export = from.export();

        assertThat(export.toLowerCase(Locale.ROOT)).doesNotContain("carol").doesNotContain("world.test");
        assertThat(export).contains("Alice@staff.test");
        String secret = new ObjectMapper().readTree(KeysetFile.content(from.file))
            .path("address").path("key").path(0).path("keyData").path("value").asText();
        assertThat(secret).hasSizeGreaterThan(20);
        assertThat(export).doesNotContain(secret);
    }

    private void shouldRefuse(String export, String passphrase, String told) {
        String before = KeysetFile.read(to.file).fingerprint();

        assertThatThrownBy(() -> to.read(export, passphrase)).isInstanceOf(BadExportException.class).hasMessageContaining(told)
            .hasMessageStartingWith("Line ");

        assertThat(to.store.forwards.publicAddresses()).isEmpty();
        assertThat(to.phantoms.count()).isZero();
        assertThat(KeyGuard.keysFor(to.store.database, to.file).fingerprint()).isEqualTo(before);
    }

    private static String lines(String export, UnaryOperator<List<String>> change) {
        return change.apply(new ArrayList<>(Arrays.asList(export.split("\n")))).stream().map(line -> line + "\n")
            .collect(Collectors.joining());
    }

    @Test
    void anotherPassphraseShouldOpenNothing() throws Exception {
        shouldRefuse(from.export(), "incorrect horse battery", "passphrase");
    }

    @Test
    void whatWasChangedShouldChangeNothing() throws Exception {
        String export = from.export();
        int count = export.split("\n").length;

        shouldRefuse("", PASSPHRASE, "cut off");
        shouldRefuse("{}", PASSPHRASE, "no export");
        shouldRefuse("not json", PASSPHRASE, "no JSON");
        shouldRefuse(lines(export, all -> all.subList(0, count - 1)), PASSPHRASE, "cut off");
        shouldRefuse(lines(export, all -> {
            all.remove(count - 2);
            return all;
        }), PASSPHRASE, "left out");
        shouldRefuse(lines(export, all -> {
            all.add(count - 1, all.get(count - 2));
            return all;
        }), PASSPHRASE, "twice");
        shouldRefuse(export.replace("\"replies\":false", "\"replies\":true"), PASSPHRASE, "changed");
        shouldRefuse(export.replace("bob@staff.test", "mallory@evil.test"), PASSPHRASE, "changed");
        shouldRefuse(export.replace(proven.address().localPart(), unproven.address().localPart()), PASSPHRASE, "Line ");
        shouldRefuse(export + "{}\n", PASSPHRASE, "after the last line");
        shouldRefuse(export.replace("\"iterations\":600000", "\"iterations\":1"), PASSPHRASE, "not what it should be");
    }

    @Test
    void installationInUseShouldBeLeftInPeace() throws Exception {
        to.store.forwards.putPublicAddress(INFO, Optional.empty());

        assertThatThrownBy(() -> to.read(from.export(), PASSPHRASE)).isInstanceOf(IllegalStateException.class);

        assertThat(to.store.forwards.forwardsOf(INFO)).isEmpty();
    }
}
