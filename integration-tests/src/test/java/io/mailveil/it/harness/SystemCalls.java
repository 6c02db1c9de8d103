package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a running server writes and syncs, as strace records it: whether something was on the disk at a certain moment cannot be seen from
 * outside otherwise, short of cutting the power. Where there is no strace, or it may not look, tests are skipped.
 */
public final class SystemCalls implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern CALL = Pattern.compile("^(\\d+) +(write|pwrite64|fsync|fdatasync)\\(\\d+<([^>]*)>(.*)$");
    private static final Pattern RESUMED = Pattern.compile("^(\\d+) +<\\.\\.\\. (write|pwrite64|fsync|fdatasync) resumed>.*$");

    private final Path record;
    private final Process strace;
    private List<String> lines = List.of();

    private SystemCalls(Path record, Process strace) {
        this.record = record;
        this.strace = strace;
    }

    /** From now on. */
    public static SystemCalls of(TestServer server) {
        Path record = server.folder().resolve("strace.txt");
        Path messages = server.folder().resolve("strace.err");
        try {
            Files.deleteIfExists(record);
            // whole paths for file descriptors, contents long enough to find a mark in them
            Process strace = new ProcessBuilder("strace", "-f", "-y", "-s", "20000", "-e", "trace=write,pwrite64,fsync,fdatasync",
                "-o", record.toString(), "-p", String.valueOf(server.pid()))
                .redirectErrorStream(true).redirectOutput(messages.toFile()).start();
            await("strace").atMost(PATIENCE).until(() -> !strace.isAlive() || Files.readString(messages).contains("attached"));
            assumeTrue(strace.isAlive(), () -> "strace may not look at the server");
            return new SystemCalls(record, strace);
        } catch (IOException e) {
            assumeTrue(false, "there is no strace: " + e.getMessage());
            throw new UncheckedIOException(e);
        }
    }

    /** Looks no longer. */
    @Override
    public void close() {
        strace.destroy();
        try {
            strace.waitFor();
            lines = Files.readAllLines(record, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The files below this folder to which something with that mark was written before that answer was given on a socket. */
    public Set<Path> filesWith(String mark, Path folder, String answer) {
        Set<Path> result = new HashSet<>();
        for (int i = 0; i < answered(answer); i++) {
            Matcher call = CALL.matcher(lines.get(i));
            if (call.matches() && call.group(2).contains("write") && call.group(4).contains(mark)
                    && Path.of(call.group(3)).startsWith(folder)) {
                result.add(Path.of(call.group(3)));
            }
        }
        return result;
    }

    /** Fails if the last write to the file with this mark was not synced when the answer was given. */
    public void assertSynced(Path file, String mark, String answer) {
        int written = last(0, answered(answer), "write", file, mark);
        assertThat(written).as("the write of %s to %s", mark, file).isNotNegative();
        assertThat(synced(file, finished(written), answered(answer))).as("%s is synced between the write and the answer", file).isTrue();
    }

    /** Fails if the folder was not synced before that answer. */
    public void assertFolderSynced(Path folder, String answer) {
        assertThat(synced(folder, 0, answered(answer))).as("%s is synced before the answer", folder).isTrue();
    }

    /** The files below this folder that would have lost something in a power cut at the end of the record. */
    public Set<Path> unsynced(Path folder) {
        Map<Path, Boolean> dirty = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher call = CALL.matcher(lines.get(i));
            if (call.matches() && Path.of(call.group(3)).startsWith(folder)) {
                dirty.put(Path.of(call.group(3)), call.group(2).contains("write"));
            }
        }
        Set<Path> result = new HashSet<>();
        dirty.forEach((file, isDirty) -> {
            if (isDirty) {
                result.add(file);
            }
        });
        return result;
    }

    private int answered(String answer) {
        return IntStream.range(0, lines.size()).filter(i -> {
            Matcher call = CALL.matcher(lines.get(i));
            return call.matches() && call.group(3).contains("socket:") && call.group(4).contains(answer);
        }).findFirst().orElseThrow(() -> new AssertionError("no answer " + answer + " in " + record));
    }

    private int last(int from, int to, String name, Path file, String mark) {
        for (int i = to - 1; i >= from; i--) {
            Matcher call = CALL.matcher(lines.get(i));
            if (call.matches() && call.group(2).contains(name) && Path.of(call.group(3)).equals(file) && call.group(4).contains(mark)) {
                return i;
            }
        }
        return -1;
    }

    /** The line in which the call of this line returns. */
    private int finished(int line) {
        String text = lines.get(line);
        if (!text.endsWith("<unfinished ...>")) {
            return line;
        }
        String thread = text.substring(0, text.indexOf(' '));
        for (int i = line + 1; i < lines.size(); i++) {
            Matcher resumed = RESUMED.matcher(lines.get(i));
            if (resumed.matches() && resumed.group(1).equals(thread)) {
                return i;
            }
        }
        return lines.size();
    }

    private boolean synced(Path file, int from, int to) {
        for (int i = from; i < to; i++) {
            Matcher call = CALL.matcher(lines.get(i));
            if (call.matches() && call.group(2).endsWith("sync") && Path.of(call.group(3)).equals(file) && finished(i) < to) {
                return true;
            }
        }
        return false;
    }
}
