package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.mailveil.it.harness.Load;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/**
 * A long time under load: {@code ./mvnw -Psoak}, an hour, or {@code -Dsoak.minutes=10}. The first tenth goes as fast as it can, and the
 * rest at 70 per cent of that. Heap, threads, file descriptors and temporary files are noted a hundred times, in {@code
 * target/soak/soak.csv}.
 */
class SoakRun {
    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("soak.minutes", 60));
    private static final int SAMPLES = 100;
    private static final int STRANGERS = 10_000;
    private static final String TOTAL = "Total";

    private static final Path TEMPORARY = Path.of("target", "soak", "tmp").toAbsolutePath();

    @RegisterExtension
    static final TestServer SERVER = TestServer.inFolder("soak").environment("MAILVEIL_JAVA_OPTS", "-Djava.io.tmpdir=" + TEMPORARY);

    @BeforeAll
    static void makeFolder() throws IOException {
        Files.createDirectories(TEMPORARY);
    }

    /** One look at the server. */
    private record Sample(long second, long messages, long liveHeap, long resident, long threads, long descriptors, long temporary,
                          long queueFolder) {
        private String csv() {
            return Stream.of(second, messages, liveHeap, resident, threads, descriptors, temporary, queueFolder).map(String::valueOf)
                .collect(Collectors.joining(","));
        }
    }

    @Test
    void nothingShouldGrowUnderSteadyLoad(World world) throws Exception {
        SERVER.sink().countOnly();
        Person nina = world.remoteMember("nina", "provider.test");
        PublicAddress info = world.publicAddress("info", nina);
        Path folder = TEMPORARY.getParent();
        List<Sample> samples = new ArrayList<>();
        double rate;
        long start = System.nanoTime();

        Load load = Load.on(SERVER, info, 8, STRANGERS);
        try (load) {
            TimeUnit.MILLISECONDS.sleep(LENGTH.toMillis() / 20);
            long before = SERVER.sink().counted();
            TimeUnit.MILLISECONDS.sleep(LENGTH.toMillis() / 20);
            rate = 0.7 * (SERVER.sink().counted() - before) / (LENGTH.toSeconds() / 20.0);
            load.slowDownTo(rate);
            long steady = System.nanoTime();
            for (int i = 1; i <= SAMPLES; i++) {
                // looking takes its time too
                TimeUnit.NANOSECONDS.sleep(steady + LENGTH.toNanos() * 9 / 10 / SAMPLES * i - System.nanoTime());
                samples.add(sample(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)));
            }
        }
        await("the rest").atMost(Duration.ofMinutes(5)).until(() -> SERVER.sink().counted() >= load.acceptedSoFar());
        write(folder, samples, rate, load);

        assertThat(load.answers().keySet()).containsExactly("250");
        List<Sample> early = samples.subList(SAMPLES / 10, SAMPLES * 3 / 10);
        List<Sample> late = samples.subList(SAMPLES * 8 / 10, SAMPLES);
        assertThat(median(late, Sample::liveHeap)).as("live heap").isLessThan(1.15 * median(early, Sample::liveHeap));
        assertThat(median(late, Sample::threads)).as("threads").isLessThan(1.15 * median(early, Sample::threads));
        assertThat(median(late, Sample::descriptors)).as("file descriptors").isLessThan(1.15 * median(early, Sample::descriptors));
        assertThat(median(late, Sample::temporary)).as("temporary files").isLessThan(20 + median(early, Sample::temporary));
        SERVER.crash();
    }

    private static void write(Path folder, List<Sample> samples, double rate, Load load) throws IOException {
        Files.write(folder.resolve("soak.csv"), Stream.concat(
            Stream.of("second,messages,live heap,resident,threads,file descriptors,temporary files,queue folder"),
            samples.stream().map(Sample::csv)).toList());
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT,
            "%n%d minutes at %.0f messages a second; answers %s%n%n", LENGTH.toMinutes(), rate, load.answers()));
        table.append("| minute | messages | live heap | resident | threads | file descriptors | temporary files | queue folder |\n");
        table.append("|---|---|---|---|---|---|---|---|\n");
        for (int i = 0; i < samples.size(); i += SAMPLES / 10) {
            Sample s = samples.get(i);
            table.append(String.format(Locale.ROOT, "| %.1f | %,d | %d MB | %d MB | %d | %d | %d | %d MB |%n", s.second / 60.0, s.messages,
                s.liveHeap >> 20, s.resident >> 20, s.threads, s.descriptors, s.temporary, s.queueFolder >> 20));
        }
        System.out.println(table);
        Files.writeString(folder.resolve("soak.md"), table);
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> what) {
        return samples.stream().mapToDouble(what).sorted().skip(samples.size() / 2).findFirst().orElseThrow();
    }

    private static Sample sample(long second) throws IOException {
        Path process = Path.of("/proc", String.valueOf(SERVER.process().pid()));
        long resident = Files.readAllLines(process.resolve("status")).stream().filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0) * 1024;
        return new Sample(second, SERVER.sink().counted(), liveHeap(), resident, count(process.resolve("task")),
            count(process.resolve("fd")), count(TEMPORARY),
            size(SERVER.folder().resolve("var").resolve("store").resolve("activemq")));
    }

    /** What is left after a collection. */
    private static long liveHeap() throws IOException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            String.valueOf(SERVER.process().pid()), "GC.class_histogram").redirectErrorStream(true).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(jcmd.getInputStream()))) {
            return lines.lines().filter(line -> line.startsWith(TOTAL)).map(line -> line.trim().split(" +")[2])
                .mapToLong(Long::parseLong).findFirst().orElse(0);
        }
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
