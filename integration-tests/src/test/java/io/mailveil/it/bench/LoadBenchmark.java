package io.mailveil.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

import com.google.common.math.Quantiles;

/**
 * Measures mail through the whole server: what goes through Mailveil beside what James does by itself, in rounds that alternate, so that
 * whatever else the machine is doing hits all of them alike. Two servers run: one with Mailveil, one without; the one that is not measured
 * has nothing to do. Each round has a second part, a quarter as long, in which messages are sent one after the other, for the time that one
 * takes.
 *
 * <p>System properties: {@code bench}: what to measure, names of the table's first column with commas between, or {@code all}; {@code
 * bench.seconds} of a round (10), {@code bench.rounds} (5), {@code bench.warmup} seconds for each kind before the first round (60).
 */
public final class LoadBenchmark {
    private static final String JAMES_FORWARD = "james-forward";
    private static final String JAMES_RELAY = "james-relay";

    private final CountingSink sink = new CountingSink();
    private final LoadGenerator generator = new LoadGenerator(sink);
    private final Map<Load, List<Load.Round>> results = new LinkedHashMap<>();

    private LoadBenchmark() {
    }

    /** The argument is the folder to write to. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Set<String> wanted = Set.of(System.getProperty("bench", "all").split(","));
        Set<String> elsewhere = Set.of("rewriter", "store");
        if (!elsewhere.containsAll(wanted)) {
            String table = new LoadBenchmark().run(wanted);
            Files.writeString(Files.createDirectories(Path.of(arguments[0])).resolve("load.md"), table);
            System.out.println(table);
        }
        System.exit(0);
    }

    private String run(Set<String> wanted) throws InterruptedException {
        boolean beside = wanted.contains("all") || wanted.stream().anyMatch(name -> name.startsWith("james-"));
        BenchmarkServer mailveil = BenchmarkServer.withMailveil(sink);
        BenchmarkServer james = beside ? BenchmarkServer.jamesAlone(sink) : mailveil;
        for (Load load : loads(james, mailveil)) {
            if (wanted.contains("all") || wanted.contains(load.name())) {
                results.put(load, new ArrayList<>());
            }
        }
        Duration warmUp = seconds("bench.warmup", 60);
        for (Load load : results.keySet()) {
            report("warm-up", load, generator.run(load, warmUp, Duration.ZERO));
        }
        Duration time = seconds("bench.seconds", 10);
        List<Load> order = new ArrayList<>(results.keySet());
        Random random = new Random(1);
        for (int round = 1; round <= Integer.getInteger("bench.rounds", 5); round++) {
            Collections.shuffle(order, random);
            for (Load load : order) {
                Load.Round result = generator.run(load, time, time.dividedBy(4));
                report("round " + round, load, result);
                results.get(load).add(result);
            }
        }
        mailveil.stop();
        if (beside) {
            james.stop();
        }
        sink.close();
        return header() + table() + "\n" + tripTable();
    }

    private static Duration seconds(String property, int usual) {
        return Duration.ofSeconds(Integer.getInteger(property, usual));
    }

    private static void report(String what, Load load, Load.Round round) {
        System.out.printf(Locale.ROOT, "%-9s %-20s %7.1f/s %8.2f ms cpu %s%n", what, load.name(), round.perSecond(), round.cpuMillis(),
            round.problems().isEmpty() ? "" : round.problems());
    }

    private static List<Load> loads(BenchmarkServer james, BenchmarkServer mailveil) {
        List<Load> result = new ArrayList<>();
        String phantom = mailveil.phantom();
        for (Load.Body body : Load.Body.values()) {
            String size = body == Load.Body.TEXT ? "" : body == Load.Body.ATTACHMENT ? "-200k" : "-25m";
            result.add(inbound(JAMES_FORWARD + size, james, "carol@world.test", BenchmarkServer.PLAIN, body, 1));
            result.add(relay(JAMES_RELAY + size, james, body));
            result.add(relay("relay" + size, mailveil, body));
            result.add(inbound("forward" + size, mailveil, "carol@world.test", BenchmarkServer.ONE, body, 1));
            result.add(new Load("reply" + size, mailveil, Optional.of(BenchmarkServer.MEMBER), BenchmarkServer.MEMBER, phantom, body, 1));
        }
        result.add(inbound("first-contact", mailveil, "c#@world.test", BenchmarkServer.ONE, Load.Body.TEXT, 1));
        result.add(inbound("forward-to-10", mailveil, "carol@world.test", BenchmarkServer.publicAddress(10), Load.Body.TEXT, 10));
        result.add(inbound("forward-to-100", mailveil, "carol@world.test", BenchmarkServer.publicAddress(100), Load.Body.TEXT, 100));
        return result;
    }

    private static Load inbound(String name, BenchmarkServer server, String sender, String recipient, Load.Body body, int copies) {
        return new Load(name, server, Optional.empty(), sender, recipient, body, copies);
    }

    private static Load relay(String name, BenchmarkServer server, Load.Body body) {
        return new Load(name, server, Optional.of(BenchmarkServer.OUTSIDER), BenchmarkServer.OUTSIDER,
            "somebody@" + BenchmarkServer.REMOTE, body, 1);
    }

    private static String size(String name) {
        return name.endsWith("-200k") ? "-200k" : name.endsWith("-25m") ? "-25m" : "";
    }

    private static String header() {
        return String.format(Locale.ROOT, "%s; %s, %d processors; Linux %s; JDK %s; heap %s; rounds of %d s, %d of each kind%n%n",
            LocalDate.now(), processor(), Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"),
            System.getProperty("java.version"), System.getProperty("bench.heap", "1g"), seconds("bench.seconds", 10).toSeconds(),
            Integer.getInteger("bench.rounds", 5));
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst().orElse("unknown processor");
        } catch (IOException e) {
            return "unknown processor";
        }
    }

    private String table() {
        StringBuilder table = new StringBuilder("| what | message | messages/s (spread) | server processor time per message (spread) |"
            + " copies/s | x james-forward | x james-relay |\n|---|---|---|---|---|---|---|\n");
        results.forEach((load, rounds) -> table.append(String.format(Locale.ROOT, "| %s | %s | %s | %s ms | %.0f | %s | %s |%n",
            load.name(), load.body().label(), spread(rounds, Load.Round::perSecond, "%.0f"), spread(rounds, Load.Round::cpuMillis, "%.2f"),
            median(rounds.stream().mapToDouble(Load.Round::perSecond)) * load.copies(),
            ratio(load, JAMES_FORWARD + size(load.name())), ratio(load, JAMES_RELAY + size(load.name())))));
        String problems = results.entrySet().stream().flatMap(entry -> entry.getValue().stream()
            .flatMap(round -> round.problems().stream()).map(problem -> "- " + entry.getKey().name() + ": " + problem + "\n"))
            .collect(Collectors.joining());
        return problems.isEmpty() ? table.toString() : table + "\nProblems:\n\n" + problems;
    }

    private String tripTable() {
        StringBuilder table = new StringBuilder("| one at a time | message | to the answer: half of them within | 99 of 100 within |"
            + " to the recipient: half of them within | 99 of 100 within |\n|---|---|---|---|---|---|\n");
        results.forEach((load, rounds) -> table.append(String.format(Locale.ROOT, "| %s | %s | %s | %s |%n", load.name(),
            load.body().label(), percentiles(rounds, Load.Trip::toAnswer), percentiles(rounds, Load.Trip::toRecipient))));
        return table.toString();
    }

    private static String percentiles(List<Load.Round> rounds, ToDoubleFunction<Load.Trip> millis) {
        double[] values = rounds.stream().flatMap(round -> round.trips().stream()).mapToDouble(millis).toArray();
        if (values.length == 0) {
            return " | ";
        }
        Map<Integer, Double> result = Quantiles.percentiles().indexes(50, 99).compute(values);
        return String.format(Locale.ROOT, "%.1f ms | %.1f ms", result.get(50), result.get(99));
    }

    private static String spread(List<Load.Round> rounds, ToDoubleFunction<Load.Round> value, String format) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        return sorted.length == 0 ? "" : String.format(Locale.ROOT, format + " (" + format + "-" + format + ")",
            median(DoubleStream.of(sorted)), sorted[0], sorted[sorted.length - 1]);
    }

    private static double median(DoubleStream values) {
        double[] all = values.toArray();
        return all.length == 0 ? Double.NaN : Quantiles.median().compute(all);
    }

    /** The median of the ratios of each round. */
    private String ratio(Load load, String name) {
        Optional<List<Load.Round>> base = results.entrySet().stream().filter(entry -> entry.getKey().name().equals(name))
            .map(Map.Entry::getValue).findFirst();
        List<Load.Round> own = results.get(load);
        if (base.isEmpty() || own.isEmpty() || base.get() == own) {
            return "";
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(own.get(i).perSecond() / base.get().get(i).perSecond());
        }
        return String.format(Locale.ROOT, "%.2f", median(ratios.stream().mapToDouble(Double::doubleValue)));
    }
}
