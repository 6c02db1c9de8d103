package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysetFileTest {
    @TempDir
    Path folder;

    @Test
    void shouldBeReadableByItsOwnerOnly() throws IOException {
        Path file = folder.resolve("mailveil.keyset");
        KeysetFile.create(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void shouldGiveTheSameKeysEachTimeItIsRead() {
        Path file = folder.resolve("mailveil.keyset");
        KeysetFile.create(file);

        assertThat(KeysetFile.read(file).fingerprint()).isEqualTo(KeysetFile.read(file).fingerprint())
            .isNotEqualTo(TestKeys.fresh().fingerprint());
    }

    @Test
    void shouldLeaveTheKeysOfAnotherNodeAlone() throws IOException {
        Path file = folder.resolve("mailveil.keyset");
        KeysetFile.create(file);
        byte[] first = Files.readAllBytes(file);

        KeysetFile.create(file);

        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void shouldSayWhatToDoWhenItCannotBeRead() throws IOException {
        Path missing = folder.resolve("missing.keyset");
        Path broken = Files.writeString(folder.resolve("broken.keyset"), "{}");
        Path garbage = Files.writeString(folder.resolve("garbage.keyset"), "\u0000\u0001");

        for (Path file : new Path[] {missing, broken, garbage}) {
            assertThatThrownBy(() -> KeysetFile.read(file)).isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("Restore it from the backup");
        }
    }

    @Test
    void shouldSayThatItCannotBeWritten() {
        Path file = folder.resolve("no-such-folder").resolve("mailveil.keyset");

        assertThatThrownBy(() -> KeysetFile.create(file)).isInstanceOf(KeysUnavailableException.class)
            .hasMessageContaining(file.toString()).hasMessageContaining("cannot be written");
    }
}
