package io.mailveil.store;

import java.nio.file.Path;

/** The same on PostgreSQL. */
class ForwardStorePostgreSqlTest extends ForwardStoreTest {
    @Override
    TestStore newStore(Path folder) {
        return TestStore.onPostgreSql();
    }
}
