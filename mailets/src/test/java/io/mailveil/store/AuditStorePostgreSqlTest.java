package io.mailveil.store;

import java.nio.file.Path;

/** The same on PostgreSQL. */
class AuditStorePostgreSqlTest extends AuditStoreTest {
    @Override
    TestStore newStore(Path place) {
        return TestStore.onPostgreSql();
    }
}
