package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static final Path DISTRIBUTION = Path.of("/opt/mailveil");

    @Test
    void serverShouldWorkInItsDistribution() {
        assertThat(Options.parse(DISTRIBUTION).home).isEqualTo(DISTRIBUTION);
    }

    @Test
    void demoShouldKeepItsStateInTheCurrentFolder() {
        assertThat(Options.parse(DISTRIBUTION, "--demo").home).isEqualTo(Path.of("mailveil-state"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--fresh", "--fresh=true", "--fresh="})
    void freshShouldBeUnderstoodAsMavenWritesIt(String option) {
        assertThat(Options.parse(DISTRIBUTION, "--demo", option).fresh).isTrue();
    }

    @Test
    void freshShouldBeOffWhenMavenSaysSo() {
        assertThat(Options.parse(DISTRIBUTION, "--demo", "--fresh=false").fresh).isFalse();
    }

    @Test
    void freshShouldBeRefusedForAServerWithRealMail() {
        assertThatThrownBy(() -> Options.parse(DISTRIBUTION, "--fresh"))
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("demo world only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--homes", "start", "--home"})
    void whatIsNotUnderstoodShouldBeNamed(String option) {
        assertThatThrownBy(() -> Options.parse(DISTRIBUTION, option))
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining(option);
    }

    @Test
    void commandsShouldBeTold() {
        Options check = Options.parse(DISTRIBUTION, "check", "--home", "/srv/mail");
        assertThat(check.command).isEqualTo(Options.Command.CHECK);
        assertThat(check.home).isEqualTo(Path.of("/srv/mail"));

        Options key = Options.parse(DISTRIBUTION, "dkim-key", "--domain", "company.test");
        assertThat(key.command).isEqualTo(Options.Command.DKIM_KEY);
        assertThat(key.domain).isEqualTo("company.test");
        assertThat(key.selector).isEqualTo("s1");
        assertThat(key.home).isEqualTo(DISTRIBUTION);

        assertThat(Options.parse(DISTRIBUTION).command).isEqualTo(Options.Command.SERVE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dkim-key                     | dkim-key needs --domain",
        "dkim-key --domain            | --domain needs a value",
        "check --domain company.test  | are for dkim-key",
        "--selector s1                | are for dkim-key",
        "check --demo                 | --demo starts a server",
    })
    void optionsThatDoNotBelongToTheCommandShouldBeNamed(String line, String message) {
        assertThatThrownBy(() -> Options.parse(DISTRIBUTION, line.split(" +")))
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining(message);
    }
}
