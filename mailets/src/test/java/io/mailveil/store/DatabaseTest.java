package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.EmailAddress;

class DatabaseTest {
    @TempDir
    Path folder;

    @Test
    void shouldFindEverythingAgainWhenOpenedASecondTime() {
        EmailAddress info = EmailAddress.of("info@company.test");
        try (TestStore store = new TestStore(folder)) {
            store.forwards.putPublicAddress(info, Optional.of("Help Line"));
        }
        try (TestStore store = new TestStore(folder)) {
            assertThat(store.forwards.publicAddress(info).orElseThrow().displayName()).contains("Help Line");
            store.database.ping();
        }
    }

    @Test
    void shouldTakeDerbyAndPostgreSqlOnly() {
        assertThatThrownBy(() -> Database.open("jdbc:mysql://localhost/james", Optional.empty(), "app", "app"))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("jdbc:derby:").hasMessageContaining("jdbc:postgresql:");
    }

    @Test
    void shouldSayThatTheDatabaseCannotBeOpened() {
        assertThatThrownBy(() -> Database.open("jdbc:derby:" + folder.resolve("nothing-here"), Optional.empty(), "app", "app"))
            .isInstanceOf(StoreException.class).hasMessageContaining("nothing-here");
    }

    @Test
    void shouldFailAndNotGuessOnceTheDatabaseIsGone() {
        TestStore store = new TestStore(folder);
        store.close();

        assertThatThrownBy(() -> store.forwards.isPublic(EmailAddress.of("info@company.test"))).isInstanceOf(StoreException.class);
        assertThatThrownBy(store.database::ping).isInstanceOf(StoreException.class);
    }
}
