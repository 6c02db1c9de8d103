package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;

/**
 * What the store costs with many phantoms, on Derby and on PostgreSQL: {@code ./mvnw -Psize -pl mailets test}, with {@code
 * -Dsize.phantoms=10000,1000000} for other numbers. A measurement, not a test: it prints a table, and writes it to {@code target/size}.
 */
class SizeRun {
    private static final int FORWARDS = 1000;
    private static final int PUBLIC_ADDRESSES = 20_000;
    private static final int MEMBERS = 500;
    /** What the forward has that is deleted in the end. */
    private static final int LARGE_FORWARD = 100_000;
    private static final int BATCH = 1000;
    private static final int WORKERS = 4;
    private static final int ROUNDS = 10_000;

    private final Random random = new Random(42);
    private final Map<String, List<String>> table = new LinkedHashMap<>();

    @TempDir
    Path folder;

    private static Stream<String> databases() {
        return Stream.of(System.getProperty("size.databases", "Derby,PostgreSQL").split(","));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void measure(String database) throws Exception {
        List<Integer> sizes = Arrays.stream(System.getProperty("size.phantoms", "10000,1000000").split(","))
            .map(Integer::valueOf).collect(Collectors.toList());
        List<Double> costs = new ArrayList<>();
        List<String> header = new ArrayList<>();
        try (TestStore store = database.equals("Derby") ? new TestStore(folder) : TestStore.onPostgreSql()) {
            List<Forward> forwards = makeForwards(store);
            int made = 0;
            for (int size : sizes) {
                long start = System.nanoTime();
                make(store, forwards, made, size);
                System.out.printf("%s: %,d phantom addresses after %,.0f s, now measuring%n", database, size, seconds(start));
                header.add(String.format("%,d", size));
                row("made, a second, in bulk", String.format("%,.0f", (size - made) / seconds(start)));
                made = size;
                costs.add(measureMessages(store, forwards, made));
                row("size on disk", String.format("%,d MB", octets(store, database) / 1_000_000));
                row("start (opening, migration check)", String.format("%.0f ms", millis(() -> TestStore.open(store.url()).close())));
            }
            measureAddresses(store, forwards);
            if (made >= LARGE_FORWARD) {
                Forward large = store.forwards.putForward(address("info", 0, "company.test"), address("large", 0, "staff.test"),
                    Switches.UNCHANGED).orElseThrow();
                make(store, List.of(large), 0, LARGE_FORWARD);
                double millis = millis(() -> store.forwards.deleteForward(large.publicAddress().address(), large.member()));
                row("deleting a forward with 100,000 phantoms", String.format("%.0f ms", millis));
                row("removing its rows, a few at a time", String.format("%.1f s", millis(store.phantoms::purge) / 1000));
            }
        }
        String text = "\n" + database + "\n\n| | " + String.join(" | ", header) + " |\n|---|" + "---|".repeat(header.size()) + "\n"
            + table.entrySet().stream().map(line -> "| " + line.getKey() + " | " + " | ".repeat(header.size() - line.getValue().size())
                    + String.join(" | ", line.getValue()) + " |\n")
                .collect(Collectors.joining())
            + String.format("%nCost of a message at the largest: %.2f times that at the smallest%n",
                costs.get(costs.size() - 1) / costs.get(0));
        System.out.println(text);
        Files.writeString(Files.createDirectories(Path.of("target", "size")).resolve(database + ".md"), text);
        assertThat(table).isNotEmpty();
    }

    /** 20,000 public addresses, each with one member, but one with 500. */
    private static List<Forward> makeForwards(TestStore store) {
        List<Forward> result = new ArrayList<>();
        for (int i = 0; i < PUBLIC_ADDRESSES; i += BATCH) {
            int from = i;
            store.database.together("making public addresses", () -> {
                for (int j = from; j < from + BATCH; j++) {
                    EmailAddress address = address("info", j, "company.test");
                    store.forwards.putPublicAddress(address, Optional.empty());
                    int members = j == 1 ? MEMBERS : 1;
                    for (int m = 0; m < members; m++) {
                        Forward forward = store.forwards.putForward(address, address("member", j + 100_000 * m, "staff.test"),
                            Switches.UNCHANGED).orElseThrow();
                        if (j >= 2 && j < FORWARDS + 2) {
                            result.add(forward);
                        }
                    }
                }
                return true;
            });
        }
        return result;
    }

    private static void make(TestStore store, List<Forward> forwards, int from, int to) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Callable<Void>> batches = new ArrayList<>();
            for (int i = from; i < to; i += BATCH) {
                int first = i;
                batches.add(() -> {
                    makeBatch(store, forwards, first);
                    return null;
                });
            }
            for (Future<Void> batch : workers.invokeAll(batches)) {
                batch.get();
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private static void makeBatch(TestStore store, List<Forward> forwards, int from) {
        store.database.together("making phantoms", () -> {
            for (int i = from; i < from + BATCH; i++) {
                store.phantoms.findOrCreate(forwards.get(i % forwards.size()), PhantomClass.UNPROVEN, person(i));
            }
            return true;
        });
    }

    private static EmailAddress address(String name, int number, String domain) {
        return EmailAddress.of(name + "-" + number + "@" + domain);
    }

    private static Correspondent person(int number) {
        return new Correspondent(address("correspondent", number, "somewhere-" + number % 1000 + ".test"), "Some Body " + number);
    }

    /** What the store does for one message of a known correspondent, in microseconds. */
    private double measureMessages(TestStore store, List<Forward> forwards, int made) {
        List<EmailAddress> known = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            int number = random.nextInt(made);
            known.add(store.phantoms.findOrCreate(forwards.get(number % FORWARDS), PhantomClass.UNPROVEN, person(number)).address());
        }
        warmUp(store, forwards, made);
        row("look-up of a phantom", micros(i -> assertThat(store.phantoms.find(known.get(i))).isPresent()));
        row("known correspondent", micros(i -> {
            int number = random.nextInt(made);
            store.phantoms.findOrCreate(forwards.get(number % FORWARDS), PhantomClass.UNPROVEN, person(number));
        }));
        int next = made + 10_000_000;
        row("first contact", micros(i -> store.phantoms.findOrCreate(forwards.get(i % FORWARDS), PhantomClass.UNPROVEN, person(next + i))));
        double[] cost = new double[1];
        row("all that a message costs the store", micros(ROUNDS, i -> message(store, forwards, random.nextInt(made)), cost));
        return cost[0];
    }

    /** Until the JVM and the database have seen enough of all kinds of questions. */
    private void warmUp(TestStore store, List<Forward> forwards, int made) {
        for (int i = 0; i < 2 * ROUNDS; i++) {
            message(store, forwards, random.nextInt(made));
        }
    }

    /** What is asked at RCPT, at DATA and in the chain. */
    private static void message(TestStore store, List<Forward> forwards, int number) {
        EmailAddress publicAddress = forwards.get(number % FORWARDS).publicAddress().address();
        store.forwards.forwardsIfPublic(publicAddress);
        store.forwards.forwardsIfPublic(publicAddress);
        store.forwards.isPublic(publicAddress);
        Forward forward = store.forwards.forwardsOf(publicAddress).get(0);
        Phantom phantom = store.phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, person(number));
        store.phantoms.touch(phantom);
        store.forwards.handOver(forward, () -> { });
    }

    private void measureAddresses(TestStore store, List<Forward> forwards) {
        EmailAddress many = address("info", 1, "company.test");
        row("members of an address with 500", micros(20, i -> assertThat(store.forwards.forwardsOf(many)).hasSize(MEMBERS), new double[1]));
        row("list of 20,000 public addresses",
            micros(20, i -> assertThat(store.forwards.publicAddresses()).hasSize(PUBLIC_ADDRESSES), new double[1]));
        row("is there one in a domain that has none",
            micros(20, i -> assertThat(store.forwards.hasPublicAddressIn("nobody.test")).isFalse(), new double[1]));
        row("a page of 100 phantoms of one forward", micros(20, i -> store.phantoms.list(
            Optional.of(forwards.get(i).publicAddress().address()), Optional.of(forwards.get(i).member()), 100, ""), new double[1]));
        row("a page of 100 phantoms of all", micros(20, i -> store.phantoms.list(Optional.empty(), Optional.empty(), 100, "m"),
            new double[1]));
    }

    private void row(String name, String value) {
        table.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return seconds(start) * 1000;
    }

    private static String micros(IntConsumer work) {
        return micros(work, new double[1]);
    }

    private static String micros(IntConsumer work, double[] median) {
        return micros(ROUNDS, work, median);
    }

    /** Median and 99th percentile. */
    private static String micros(int rounds, IntConsumer work, double[] median) {
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            work.accept(i);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        median[0] = nanos[rounds / 2] / 1000.0;
        return String.format("%,.0f µs (99%%: %,.0f)", median[0], nanos[rounds * 99 / 100] / 1000.0);
    }

    private long octets(TestStore store, String database) throws Exception {
        if (database.equals("PostgreSQL")) {
            return store.database.transaction("asking for the size", connection -> {
                try (Statement statement = connection.createStatement();
                     ResultSet rows = statement.executeQuery("SELECT pg_database_size(current_database())")) {
                    rows.next();
                    return rows.getLong(1);
                }
            });
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> {
                try {
                    return Files.size(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).sum();
        }
    }
}
