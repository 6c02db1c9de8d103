package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailveil.address.ReturnPath.Notice;

/**
 * Makes and checks return paths, the envelope senders of what Mailveil sends (DESIGN.md section 4, RFC 5321 section
 * 4.4): {@code <letter>.<phantom>.<day><check>}, 41 characters, the day as three base32 characters, the check as
 * eight (40 bits) keyed over all the rest and the domain.
 */
public final class ReturnPaths {
    /** How long a bounce may take. Servers give up after five days (RFC 5321 section 4.5.4.1); slow ones get double. */
    public static final int VALID_DAYS = 14;

    private static final int DAY_LENGTH = 3;
    private static final int DAYS = 1 << 5 * DAY_LENGTH;
    private static final int CHECK_LENGTH = 8;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final Pattern SYNTAX = Pattern.compile("([fnr])\\.([a-z2-7]{26})\\.([a-z2-7]{3})([a-z2-7]{8})");

    private final Keys keys;
    private final Clock clock;

    /** Over the keys of this installation. */
    public ReturnPaths(Keys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** A return path of today, in the domain of the phantom. */
    public EmailAddress create(Notice notice, String phantom, String domain) {
        String day = stamp(today());
        return EmailAddress.of(notice.letter() + "." + phantom + "." + day + check(notice.letter(), phantom, day, domain), domain);
    }

    /** Whether the local part has the form of a return path, genuine or not. */
    public static boolean hasForm(EmailAddress address) {
        return SYNTAX.matcher(address.localPart().toLowerCase(Locale.ROOT)).matches();
    }

    /** What the address says if its check is right, old ones included; empty for anything that we did not make. */
    public Optional<ReturnPath> read(EmailAddress address) {
        Matcher parts = SYNTAX.matcher(address.localPart().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return Optional.empty();
        }
        char letter = parts.group(1).charAt(0);
        String expected = check(letter, parts.group(2), parts.group(3), address.domain());
        if (!MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII), parts.group(4).getBytes(StandardCharsets.US_ASCII))) {
            return Optional.empty();
        }
        int age = Math.floorMod(today() - day(parts.group(3)), DAYS);
        // a node whose clock is a day ahead made it "tomorrow"
        boolean expired = age > VALID_DAYS && age != DAYS - 1;
        return Optional.of(new ReturnPath(notice(letter), parts.group(2), expired));
    }

    private static Notice notice(char letter) {
        for (Notice notice : Notice.values()) {
            if (notice.letter() == letter) {
                return notice;
            }
        }
        throw new IllegalArgumentException("no such letter: " + letter);
    }

    private int today() {
        return Math.floorMod(LocalDate.now(clock.withZone(ZoneOffset.UTC)).toEpochDay(), DAYS);
    }

    private static String stamp(int day) {
        return "" + ALPHABET.charAt(day >> 10 & 31) + ALPHABET.charAt(day >> 5 & 31) + ALPHABET.charAt(day & 31);
    }

    private static int day(String stamp) {
        return ALPHABET.indexOf(stamp.charAt(0)) << 10 | ALPHABET.indexOf(stamp.charAt(1)) << 5 | ALPHABET.indexOf(stamp.charAt(2));
    }

    private String check(char letter, String phantom, String day, String domain) {
        String signed = letter + phantom + day + domain;
        return Base32.encode(keys.prf(5, "return path", signed.getBytes(StandardCharsets.UTF_8)), CHECK_LENGTH);
    }
}
