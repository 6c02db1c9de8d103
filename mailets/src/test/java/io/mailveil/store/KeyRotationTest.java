package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

class KeyRotationTest {
    private static final int PHANTOMS = 1200;

    @TempDir
    Path folder;

    private Path file;
    private TestStore store;
    private Keys keys;
    private PhantomStore phantoms;
    private Forward forward;

    @BeforeEach
    void fill() {
        file = folder.resolve("mailveil.keyset");
        store = newStore(folder);
        keys = KeyGuard.keysFor(store.database, file);
        phantoms = phantoms(keys);
        EmailAddress info = EmailAddress.of("info@company.test");
        store.forwards.putPublicAddress(info, Optional.empty());
        forward = store.forwards.putForward(info, EmailAddress.of("alice@staff.test"), Switches.UNCHANGED).orElseThrow();
        store.database.together("making phantoms", () -> {
            for (int i = 0; i < PHANTOMS; i++) {
                phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(i));
            }
            return true;
        });
    }

    TestStore newStore(Path place) {
        return new TestStore(place);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private PhantomStore phantoms(Keys with) {
        return new PhantomStore(store.database, new Phantoms(with), new Seal(with), Optional.empty(), Clock.systemUTC());
    }

    private static Correspondent person(int i) {
        return new Correspondent(EmailAddress.of("c" + i + "@world.test"), "Number " + i);
    }

    private void rotate() {
        KeysetFile.prepareKey(file);
        KeysetFile.useNewestKey(file);
        keys.reload();
    }

    private int reseal() throws InterruptedException {
        List<Integer> changed = new ArrayList<>();
        phantoms.reseal((looked, resealed) -> changed.add(resealed));
        return changed.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void everythingShouldBeSealedAnewAndStayTheSame() throws Exception {
        EmailAddress before = phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(7)).address();
        rotate();

        assertThat(reseal()).isEqualTo(PHANTOMS);
        assertThat(reseal()).as("again").isZero();

        assertThat(phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(7)).address()).isEqualTo(before);
        assertThat(phantoms.find(before).orElseThrow().correspondent().name()).isEqualTo("Number 7");
        assertThat(keys.fingerprint()).isEqualTo(KeysetFile.read(file).fingerprint());
    }

    @Test
    void stoppedShouldGoOnWhereItWas() throws Exception {
        rotate();
        List<Integer> pages = new ArrayList<>();
        assertThatThrownBy(() -> phantoms.reseal((looked, resealed) -> {
            pages.add(resealed);
            throw new InterruptedException();
        })).isInstanceOf(InterruptedException.class);
        assertThat(pages).containsExactly(1000);

        assertThat(reseal()).isEqualTo(PHANTOMS - 1000);
    }

    @Test
    void oldKeyAloneShouldNotOpenWhatWasSealedAnew() throws Exception {
        Path old = folder.resolve("old.keyset");
        Files.copy(file, old);
        EmailAddress x = phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(7)).address();
        rotate();
        reseal();

        assertThatThrownBy(() -> phantoms(KeysetFile.read(old)).find(x)).hasMessageContaining("No at-rest key");
        assertThat(phantoms(KeysetFile.read(file)).find(x)).isPresent();
    }

    @Test
    void otherNodeShouldFindTheNewKeyByItself() throws Exception {
        PhantomStore other = phantoms(KeysetFile.read(file));
        rotate();
        reseal();

        EmailAddress x = phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(7)).address();
        assertThat(other.find(x).orElseThrow().correspondent().address()).isEqualTo(person(7).address());
    }

    @Test
    void otherNodeShouldSealWithTheNewKeyByItself() throws Exception {
        PhantomStore other = phantoms(KeysetFile.read(file));
        rotate();
        reseal();

        // not at once: it does not look at the file for each of many uses
        int later = PHANTOMS;
        do {
            other.findOrCreate(forward, PhantomClass.UNPROVEN, person(later++));
        } while (reseal() > 0);
        assertThat(later).as("it stopped sealing with the old key").isLessThan(PHANTOMS + 1000);
    }

    @Test
    void keysThatTheDatabaseHasGoneOverToShouldBeTakenFromTheFile() throws Exception {
        Keys other = KeyGuard.keysFor(store.database, file);
        Path imported = folder.resolve("imported.keyset");
        KeysetFile.create(imported);
        String fingerprint = KeysetFile.read(imported).fingerprint();
        KeysetFile.replaceContent(file, Files.readAllBytes(imported));
        assertThatThrownBy(other::reload).hasMessageContaining("not the one");

        KeyGuard.change(store.database, fingerprint);

        other.reload();
        assertThat(other.fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void nodeWithTheOldKeysShouldMakeNothingWithThem() {
        Path imported = folder.resolve("imported.keyset");
        KeysetFile.create(imported);
        KeyGuard.change(store.database, KeysetFile.read(imported).fingerprint());

        assertThatThrownBy(() -> phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(PHANTOMS + 1)))
            .isInstanceOf(KeysUnavailableException.class).hasMessageContaining("any more");
        assertThatThrownBy(() -> KeyGuard.alone(store.database, keys, () -> KeysetFile.prepareKey(file)))
            .isInstanceOf(KeysUnavailableException.class);
        assertThat(phantoms.count()).isEqualTo(PHANTOMS);
        assertThatThrownBy(() -> KeyGuard.keysFor(store.database, file)).isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void preparedKeyShouldSealNothingYetAndBeMadeOnce() throws Exception {
        KeysetFile.prepareKey(file);
        String prepared = Files.readString(file);
        keys.reload();

        assertThat(reseal()).isZero();
        KeysetFile.prepareKey(file);
        assertThat(Files.readString(file)).isEqualTo(prepared);
        KeysetFile.useNewestKey(file);
        keys.reload();
        assertThat(reseal()).isEqualTo(PHANTOMS);
    }

    @Test
    void personShouldBeFoundAmongAllAndForgotten() {
        EmailAddress someone = person(1100).address();

        assertThat(phantoms.listOf(someone)).hasSize(1);
        assertThat(phantoms.erase(someone)).isEqualTo(1);
        assertThat(phantoms.listOf(someone)).isEmpty();
        assertThat(phantoms.count()).isEqualTo(PHANTOMS - 1);
    }

    @Test
    void keysOfAnotherInstallationShouldNotBeLoadedByTheWay() throws Exception {
        Files.delete(file);
        KeysetFile.create(file);

        assertThatThrownBy(() -> keys.reload()).hasMessageContaining("not the one");
        assertThat(phantoms.listOf(person(1).address())).hasSize(1);
    }
}
