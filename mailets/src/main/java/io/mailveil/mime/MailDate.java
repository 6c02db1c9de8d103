package io.mailveil.mime;

import java.io.StringReader;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;

import org.apache.james.mime4j.dom.datetime.DateTime;
import org.apache.james.mime4j.field.datetime.parser.DateTimeParser;
import org.apache.james.mime4j.field.datetime.parser.DateTimeParserTokenManager;
import org.apache.james.mime4j.field.datetime.parser.ParseException;
import org.apache.james.mime4j.field.datetime.parser.SimpleCharStream;
import org.apache.james.mime4j.field.datetime.parser.TokenMgrError;
import org.apache.james.mime4j.util.MimeUtil;

/** Dates as they stand in a header (RFC 5322 section 3.3). */
public final class MailDate {
    /** RFC 5322 knows no year before. */
    private static final int FIRST_YEAR = 1900;
    /** What {@link #write} has room for. */
    private static final int LAST_YEAR = 9999;
    /** The parser makes room for ten times so many octets; of itself it would be for 4096. */
    private static final int USUAL_LENGTH = 64;

    private MailDate() {
    }

    /**
     * The time that the body of a Date field names, in its zone; empty if it names none. Takes the obsolete forms of RFC 5322 section 4.3
     * as well: names of zones, years of two digits, comments anywhere. The day of the week is not compared with the date.
     */
    public static Optional<OffsetDateTime> read(String body) {
        try {
            DateTime date = new DateTimeParser(new DateTimeParserTokenManager(
                new SimpleCharStream(new StringReader(body), 1, 1, USUAL_LENGTH))).parseAll();
            if (date.getYear() < FIRST_YEAR || date.getYear() > LAST_YEAR) {
                return Optional.empty();
            }
            return Optional.of(OffsetDateTime.of(date.getYear(), date.getMonth(), date.getDay(), date.getHour(), date.getMinute(),
                date.getSecond(), 0, ZoneOffset.ofHoursMinutes(date.getTimeZone() / 100, date.getTimeZone() % 100)));
        } catch (ParseException | TokenMgrError | NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The present, in UTC, as {@link #write} has it. */
    public static String now(Clock clock) {
        return write(OffsetDateTime.now(clock.withZone(ZoneOffset.UTC)));
    }

    /** In the form that RFC 5322 asks for, to the second, with the zone as a number: {@code Mon, 2 Mar 2026 10:15:30 +0900}. */
    public static String write(OffsetDateTime time) {
        return MimeUtil.formatDate(Date.from(time.toInstant()), TimeZone.getTimeZone(time.getOffset()));
    }
}
