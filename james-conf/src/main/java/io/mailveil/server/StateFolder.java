package io.mailveil.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that a server works in: {@code conf/}, {@code extensions-jars/}, {@code var/} (database, queues, kept mail) and
 * {@code logs/}. One server at a time: whoever opens it holds a lock until the process ends.
 *
 * <p>It never deletes a thing in a folder that it has not marked as its own, and in its own only what it has put there.
 */
class StateFolder {
    private static final String MARK = ".mailveil-state";
    private static final String LOCK = ".mailveil-lock";
    private static final List<String> OURS = List.of("conf", "extensions-jars", "var", "logs");
    /** James takes some ten seconds to stop: a start right after Ctrl-C shall not fail. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path path;
    /** Kept, because a channel that nobody refers to is closed, and its lock is gone. */
    private FileChannel lock;

    StateFolder(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    Path path() {
        return path;
    }

    /** Makes the folder if need be, and marks it as ours; a folder with somebody else's files in it is refused. */
    void claim() {
        try {
            Files.createDirectories(path);
            if (!isOurs()) {
                if (!isEmpty()) {
                    throw new StartProblem(path + " is not empty and is not a state folder of Mailveil. Name another folder.");
                }
                Files.writeString(path.resolve(MARK),
                    "Mailveil keeps its state in this folder. It can be deleted when Mailveil is stopped.\n");
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Waits for a server that is still stopping. Also finds out whether the folder can be written to. */
    void lock() {
        try {
            Files.createDirectories(path.resolve("var"));
            Files.createDirectories(path.resolve("logs"));
            lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            Instant end = Instant.now().plus(PATIENCE);
            boolean told = false;
            while (tryLock(lock) == null) {
                if (Instant.now().isAfter(end)) {
                    throw new StartProblem("Another Mailveil is running in " + path + ". Stop it, or name another folder.");
                }
                if (!told) {
                    System.out.println("Waiting for the Mailveil that still uses " + path + " ...");
                    told = true;
                }
                Thread.sleep(500);
            }
        } catch (IOException e) {
            throw unusable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartProblem("Interrupted while waiting for " + path, e);
        }
    }

    /** Deletes the state, if this folder bears our mark; anything in it that is not ours stays. */
    void empty() {
        if (!isOurs()) {
            throw new StartProblem(path + " is not a state folder of Mailveil, so nothing in it is deleted. Name another folder.");
        }
        for (String name : OURS) {
            deleteAll(path.resolve(name));
        }
    }

    private boolean isOurs() {
        return Files.isRegularFile(path.resolve(MARK));
    }

    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            return !files.iterator().hasNext();
        }
    }

    private StartProblem unusable(IOException cause) {
        return new StartProblem("Cannot write to the folder " + path + " (" + reason(cause)
            + "). Make it writable for this user, or name another folder.", cause);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException && ((FileSystemException) e).getReason() != null) {
            return ((FileSystemException) e).getReason();
        }
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void deleteAll(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }
}
