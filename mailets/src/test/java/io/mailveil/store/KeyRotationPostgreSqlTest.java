package io.mailveil.store;

import java.nio.file.Path;

/** The same on PostgreSQL. */
class KeyRotationPostgreSqlTest extends KeyRotationTest {
    @Override
    TestStore newStore(Path place) {
        return TestStore.onPostgreSql();
    }
}
