package io.mailveil.address;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real keys of an installation that nobody has. */
public final class TestKeys {
    private TestKeys() {
    }

    public static Keys fresh() {
        try {
            Path folder = Files.createTempDirectory("mailveil-keys");
            Path file = folder.resolve("mailveil.keyset");
            KeysetFile.create(file);
            Keys keys = KeysetFile.read(file);
            Files.delete(file);
            Files.delete(folder);
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
