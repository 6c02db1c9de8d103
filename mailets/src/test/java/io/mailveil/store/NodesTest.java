package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.KeysUnavailableException;
import io.mailveil.address.KeysetFile;

/** Several nodes start on one empty PostgreSQL. */
class NodesTest {
    private static final int NODES = 6;

    @TempDir
    Path folder;
    private String url;

    @BeforeEach
    void emptyDatabase() {
        url = TestPostgreSql.newDatabase();
    }

    @Test
    void nodesShouldHaveTheSameKeysWhenTheyStartAtOnceWithOneFile() throws Exception {
        List<String> fingerprints = new ArrayList<>();
        for (Future<String> node : startAtOnce(i -> folder.resolve("mailveil.keyset"))) {
            fingerprints.add(node.get());
        }

        assertThat(fingerprints).hasSize(NODES);
        assertThat(Set.copyOf(fingerprints)).hasSize(1);
    }

    @Test
    void oneNodeShouldStartWhenEachHasAFileOfItsOwn() throws Exception {
        int started = 0;
        for (Future<String> node : startAtOnce(i -> folder.resolve("keyset-" + i))) {
            try {
                node.get();
                started++;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(KeysUnavailableException.class).hasMessageContaining("Copy the file of another node");
            }
        }

        assertThat(started).isEqualTo(1);
    }

    @Test
    void nodeShouldNotStartWhenItHasOtherKeysAndThereIsNoPhantomYet() {
        try (Database database = TestStore.open(url)) {
            Path first = folder.resolve("first");
            KeyGuard.keysFor(database, first);
            Path second = folder.resolve("second");

            assertThatThrownBy(() -> KeyGuard.keysFor(database, second)).isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("second is missing").hasMessageContaining("Copy the file of another node");
            assertThat(Files.exists(second)).isFalse();
            KeysetFile.create(second);
            assertThatThrownBy(() -> KeyGuard.keysFor(database, second)).isInstanceOf(KeysUnavailableException.class)
                .hasMessageContaining("second is not the one").hasMessageContaining("Copy the file of another node");
            assertThat(KeyGuard.keysFor(database, first)).isNotNull();
        }
    }

    private List<Future<String>> startAtOnce(IntFunction<Path> keyset) throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(NODES);
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            return threads.invokeAll(IntStream.range(0, NODES).mapToObj(i -> (Callable<String>) () -> {
                together.await();
                try (Database database = TestStore.open(url)) {
                    return KeyGuard.keysFor(database, keyset.apply(i)).fingerprint();
                }
            }).collect(Collectors.toList()));
        } finally {
            threads.shutdown();
        }
    }
}
