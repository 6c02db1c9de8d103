package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailDateTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Mon, 2 Mar 2026 10:15:30 +0900                          | Mon, 2 Mar 2026 10:15:30 +0900",
        "Mon, 02 Mar 2026 10:15:30 -0330                         | Mon, 2 Mar 2026 10:15:30 -0330",
        "2 Mar 2026 10:15 +0000                                  | Mon, 2 Mar 2026 10:15:00 +0000",
        "Mon, 2 Mar 2026 10:15:30 -0000                          | Mon, 2 Mar 2026 10:15:30 +0000",
        "Mon, 2 Mar 2026 10:15:30 GMT                            | Mon, 2 Mar 2026 10:15:30 +0000",
        "Mon, 2 Mar 2026 10:15:30 UT                             | Mon, 2 Mar 2026 10:15:30 +0000",
        "Mon, 2 Mar 2026 10:15:30 EST                            | Mon, 2 Mar 2026 10:15:30 -0500",
        "Mon, 2 Mar 26 10:15:30 PDT                              | Mon, 2 Mar 2026 10:15:30 -0700",
        "Mon (pc.world.test), 2 Mar 2026 10:15:30 +0900 (a (b))  | Mon, 2 Mar 2026 10:15:30 +0900",
        "mon,2 mar 2026 1:15:30 z                                | Mon, 2 Mar 2026 01:15:30 +0000",
        "Fri, 2 Mar 2026 10:15:30 +0900                          | Mon, 2 Mar 2026 10:15:30 +0900",
        "Thu, 31 Dec 1970 23:59:59 +1400                         | Thu, 31 Dec 1970 23:59:59 +1400"
    })
    void dateShouldBeReadAndWrittenInOneForm(String body, String written) {
        assertThat(MailDate.read(body).map(MailDate::write)).hasValue(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-03-02T10:15:30Z", "Mon, 2 Mar 2026", "Mon, 2 Mar 2026 10:15:30",
        "Mon, 31 Feb 2026 10:15:30 +0000", "Mon, 2 Mar 2026 25:15:30 +0000", "Mon, 2 Mar 2026 10:15:30 +9900",
        "Mon, 2 Mar 99999 10:15:30 +0000", "Mon, 2 Mar 1899 10:15:30 +0000", "Mon, 99999999999 Mar 2026 10:15:30 +0000",
        "Mon, 2 Mar 2026 10:15:30 +0900 carol@world.test", "Mon, 2 Mar 2026 10:15:30 +0900 (", "Mon, 2 März 2026 10:15:30 +0900"})
    void whatNamesNoTimeShouldNotBeRead(String body) {
        assertThat(MailDate.read(body)).isEmpty();
    }

    @Test
    void longCommentShouldBeLeftOut() {
        assertThat(MailDate.read("Mon, 2 Mar 2026 (" + "carol ".repeat(2000) + ") 10:15:30 +0900").map(MailDate::write))
            .hasValue("Mon, 2 Mar 2026 10:15:30 +0900");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatIsWrittenShouldBeReadAgain(int month) {
        OffsetDateTime time = OffsetDateTime.of(2026, month, month, month, 59, 0, 0, ZoneOffset.ofHoursMinutes(5, 45));
        assertThat(MailDate.read(MailDate.write(time))).hasValue(time);
    }
}
