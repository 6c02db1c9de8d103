package io.mailveil.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether a file with keys is there, is read by nobody else, and what its age says about the clock. Does not look into it. */
public final class KeyFileCheck {
    private static final String KEYS = "keys";
    private static final Set<PosixFilePermission> OWNER = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    /** How far two clocks may be apart (a file system can be elsewhere). */
    private static final Duration SLACK = Duration.ofMinutes(5);

    private KeyFileCheck() {
    }

    /** The file. */
    public static List<Finding> check(Path file) {
        List<Finding> findings = new ArrayList<>();
        if (!Files.isRegularFile(file)) {
            return List.of(Finding.error(KEYS, file + " is not there. The keys are in memory until the server stops; without the file"
                + " it does"
                + " not start again. Put your copy of it back"));
        }
        if (!Files.isReadable(file)) {
            findings.add(Finding.error(KEYS, file + " cannot be read by this server, so it will not start again. Give it to the user that"
                + " runs the server"));
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER.containsAll(permissions)) {
                findings.add(Finding.error(KEYS, file + " can be read by others than its owner ("
                    + PosixFilePermissions.toString(permissions) + "). chmod 600 " + file));
            }
            String owner = Files.getOwner(file).getName();
            String user = System.getProperty("user.name");
            if (!owner.equals(user)) {
                findings.add(Finding.warning(KEYS, file + " belongs to " + owner + ", and the server runs as " + user + ". chown " + user
                    + " " + file));
            }
        } catch (UnsupportedOperationException | IOException e) {
            findings.add(Finding.unknown(KEYS, "Who can read " + file + " cannot be found out on this file system"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(KEYS, file + " is there, for its owner only. Have a copy of it in a safe place"));
        }
        return findings;
    }

    /** Whether the clock can be right: it is not before the file was written. */
    public static Finding checkClock(Path file, Instant now) {
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return now.plus(SLACK).isBefore(written)
                ? Finding.error("clock", "The clock of this server says " + now + ", which is before " + file + " was written (" + written
                    + "). Return paths, signatures and TLS go by the clock. Set it, by NTP")
                : Finding.ok("clock", "The clock says " + now + ". Compare it with your own");
        } catch (IOException e) {
            return Finding.unknown("clock", "The clock says " + now + "; there is nothing to compare it with");
        }
    }
}
