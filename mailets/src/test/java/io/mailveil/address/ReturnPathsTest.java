package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.mailveil.address.ReturnPath.Notice;

class ReturnPathsTest {
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final String PHANTOM = "abcdefghijklmnopqrstuvwxyz";

    private final Keys keys = TestKeys.fresh();

    private ReturnPaths at(Instant instant) {
        return new ReturnPaths(keys, Clock.fixed(instant, ZoneOffset.UTC));
    }

    @ParameterizedTest
    @EnumSource(Notice.class)
    void shouldReadBackWhatItMade(Notice notice) {
        EmailAddress address = at(NOW).create(notice, PHANTOM, "company.test");

        assertThat(address.localPart()).matches("[fnr]\\.[a-z2-7]{26}\\.[a-z2-7]{11}").hasSizeLessThanOrEqualTo(64);
        assertThat(ReturnPaths.hasForm(address)).isTrue();
        ReturnPath path = at(NOW).read(EmailAddress.of(address.toString().toUpperCase(Locale.ROOT))).orElseThrow();
        assertThat(path.notice()).isEqualTo(notice);
        assertThat(path.phantom()).isEqualTo(PHANTOM);
        assertThat(path.isExpired()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"-1, false", "0, false", "1, false", "14, false", "15, true", "100, true", "30000, true"})
    void shouldBeGoodForFourteenDays(int days, boolean expired) {
        EmailAddress address = at(NOW).create(Notice.MEMBER, PHANTOM, "company.test");

        assertThat(at(NOW.plus(Duration.ofDays(days))).read(address).orElseThrow().isExpired()).isEqualTo(expired);
    }

    @ParameterizedTest
    @CsvSource({"r, f", "r, n"})
    void shouldNotLetAnybodyChangeTheLetter(String from, String to) {
        EmailAddress address = at(NOW).create(Notice.MEMBER, PHANTOM, "company.test");

        assertThat(at(NOW).read(EmailAddress.of(address.toString().replaceFirst("^" + from, to)))).isEmpty();
    }

    @Test
    void shouldNotReadAForgedOne() {
        EmailAddress address = at(NOW).create(Notice.MEMBER, PHANTOM, "company.test");

        assertThat(at(NOW).read(EmailAddress.of(address.localPart() + "@other.test"))).isEmpty();
        assertThat(at(NOW).read(EmailAddress.of(address.toString().replace(PHANTOM, "bbcdefghijklmnopqrstuvwxyz")))).isEmpty();
        assertThat(at(NOW).read(EmailAddress.of("r." + PHANTOM + ".abcdefghijk@company.test"))).isEmpty();
        assertThat(at(NOW).read(EmailAddress.of("info@company.test"))).isEmpty();
        assertThat(new ReturnPaths(TestKeys.fresh(), Clock.fixed(NOW, ZoneOffset.UTC)).read(address)).isEmpty();
    }
}
