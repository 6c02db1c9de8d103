package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFileCheckTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void keys() throws IOException {
        file = Files.writeString(folder.resolve("mailveil.keyset"), "{}");
    }

    @ParameterizedTest
    @CsvSource({"rw-------, OK", "r--------, OK", "rw-r-----, ERROR", "rw----r--, ERROR", "rwx------, ERROR"})
    void keysShouldBeForTheirOwnerOnly(String permissions, Finding.Status expected) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertThat(KeyFileCheck.check(file)).singleElement().satisfies(finding -> assertThat(finding.status()).isEqualTo(expected));
    }

    @Test
    void keysThatAreNotThereShouldBeAnError() throws IOException {
        Files.delete(file);

        assertThat(KeyFileCheck.check(file).toString()).contains("ERROR keys: ").contains("Put your copy of it back");
        assertThat(KeyFileCheck.checkClock(file, Instant.now()).status()).isEqualTo(Finding.Status.UNKNOWN);
    }

    @Test
    void clockShouldNotBeBeforeTheFile() throws IOException {
        Instant written = Files.getLastModifiedTime(file).toInstant();

        assertThat(KeyFileCheck.checkClock(file, written.plus(Duration.ofDays(400))).status()).isEqualTo(Finding.Status.OK);
        assertThat(KeyFileCheck.checkClock(file, written.minus(Duration.ofMinutes(1))).status()).isEqualTo(Finding.Status.OK);
        assertThat(KeyFileCheck.checkClock(file, written.minus(Duration.ofHours(1))).status()).isEqualTo(Finding.Status.ERROR);
    }
}
