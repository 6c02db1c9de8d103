package io.mailveil.store;

import java.nio.file.Path;

/** The same on PostgreSQL. */
class PhantomStorePostgreSqlTest extends PhantomStoreTest {
    @Override
    TestStore newStore(Path folder) {
        return TestStore.onPostgreSql();
    }
}
