package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.Keys;
import io.mailveil.address.KeysUnavailableException;
import io.mailveil.address.KeysetFile;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;

class KeyGuardTest {
    @TempDir
    Path folder;

    @Test
    void shouldMakeKeysAtFirstStartAndFindThemLater() {
        Path file = folder.resolve("mailveil.keyset");
        try (TestStore store = new TestStore(folder)) {
            Keys first = KeyGuard.keysFor(store.database, file);

            assertThat(file).exists();
            assertThat(KeyGuard.keysFor(store.database, file).fingerprint()).isEqualTo(first.fingerprint());
        }
    }

    @Test
    void shouldMakeNewKeysWhileNothingHangsOnTheOldOnes() throws Exception {
        Path file = folder.resolve("mailveil.keyset");
        try (TestStore store = new TestStore(folder)) {
            String first = KeyGuard.keysFor(store.database, file).fingerprint();
            Files.delete(file);

            assertThat(KeyGuard.keysFor(store.database, file).fingerprint()).isNotEqualTo(first);
        }
    }

    @Test
    void shouldMakeNewKeysWhenAllPublicAddressesAreDeleted() throws Exception {
        Path file = folder.resolve("mailveil.keyset");
        try (TestStore store = new TestStore(folder)) {
            Keys keys = KeyGuard.keysFor(store.database, file);
            String first = keys.fingerprint();
            makePhantom(store, keys);
            store.forwards.deletePublicAddress(EmailAddress.of("info@company.test"));
            Files.delete(file);

            assertThat(KeyGuard.keysFor(store.database, file).fingerprint()).isNotEqualTo(first);
        }
    }

    @Test
    void shouldRefuseToStartWithoutTheFileWhilePhantomsExist() throws Exception {
        Path file = folder.resolve("mailveil.keyset");
        try (TestStore store = new TestStore(folder)) {
            makePhantom(store, KeyGuard.keysFor(store.database, file));
            Files.delete(file);

            assertThatThrownBy(() -> KeyGuard.keysFor(store.database, file)).isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("missing").hasMessageContaining("backup");
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void shouldRefuseToStartWithTheFileOfAnotherDatabase() throws Exception {
        Path file = folder.resolve("mailveil.keyset");
        try (TestStore store = new TestStore(folder)) {
            makePhantom(store, KeyGuard.keysFor(store.database, file));
            Files.delete(file);
            KeysetFile.create(file);

            assertThatThrownBy(() -> KeyGuard.keysFor(store.database, file)).isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("same backup");
        }
    }

    private static void makePhantom(TestStore store, Keys keys) {
        EmailAddress info = EmailAddress.of("info@company.test");
        store.forwards.putPublicAddress(info, Optional.empty());
        Forward forward = store.forwards.putForward(info, EmailAddress.of("alice@staff.test"), Switches.UNCHANGED).orElseThrow();
        new PhantomStore(store.database, new Phantoms(keys), new Seal(keys), Optional.empty(), Clock.systemUTC())
            .findOrCreate(forward, PhantomClass.UNPROVEN, new Correspondent(EmailAddress.of("carol@world.test"), ""));
    }
}
