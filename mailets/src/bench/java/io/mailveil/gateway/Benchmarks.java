package io.mailveil.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks that need no server and writes a table of what they took. The system property {@code bench} says which: names with
 * commas between, of which {@code rewriter} and {@code store} are meant here, or {@code all}; {@code bench.kinds} which messages.
 */
public final class Benchmarks {
    private Benchmarks() {
    }

    /** The argument is the folder to write to. */
    public static void main(String[] arguments) throws RunnerException, IOException {
        Set<String> wanted = Set.of(System.getProperty("bench", "all").split(","));
        ChainedOptionsBuilder options = new OptionsBuilder().forks(1).addProfiler(GCProfiler.class)
            .warmupIterations(5).warmupTime(TimeValue.seconds(4)).measurementIterations(5).measurementTime(TimeValue.seconds(1));
        boolean any = false;
        for (Class<?> benchmark : List.of(RewriterBenchmark.class, StoreBenchmark.class)) {
            if (wanted.contains("all") || wanted.contains(benchmark.getSimpleName().replace("Benchmark", "").toLowerCase())) {
                options.include(benchmark.getName());
                any = true;
            }
        }
        String kinds = System.getProperty("bench.kinds", "");
        if (!kinds.isEmpty()) {
            options.param("kind", kinds.split(","));
        }
        if (any) {
            String table = table(new Runner(options.build()).run());
            Path folder = Files.createDirectories(Path.of(arguments[0]));
            Files.writeString(folder.resolve("parts.md"), table);
            System.out.println(table);
        }
    }

    private static String table(Collection<RunResult> results) {
        StringBuilder table = new StringBuilder("| what | microseconds of processor time | of the clock | MB/s | allocated, KB |\n|---|---|---|---|---|\n");
        for (RunResult result : results) {
            String kind = result.getParams().getParam("kind");
            Result<?> time = result.getPrimaryResult();
            double used = secondary(result, "nanoseconds") / secondary(result, "calls") / 1000;
            String rate = kind == null ? "" : String.format("%.0f", SampleMessages.message(kind).length / used);
            table.append(String.format("| %s | %.1f | %.1f (%.1f-%.1f) | %s | %.1f |%n", kind == null ? time.getLabel() : kind, used,
                time.getScore(), time.getStatistics().getMin(), time.getStatistics().getMax(), rate,
                secondary(result, "gc.alloc.rate.norm") / 1024));
        }
        return table.toString();
    }

    private static double secondary(RunResult result, String name) {
        return result.getSecondaryResults().entrySet().stream().filter(entry -> entry.getKey().endsWith(name))
            .mapToDouble(entry -> entry.getValue().getScore()).findFirst().orElse(Double.NaN);
    }
}
