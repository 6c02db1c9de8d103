package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.address.EmailAddress;

/** At a domain that both sides know nothing but the address itself can give away a person. */
class DisplayNameTest {
    private static final Scrubber SCRUBBER = Scrubber.builder().hide(EmailAddress.of("carol@company.test"), "x@company.test")
        .hide(EmailAddress.of("\"carol jones\"@company.test"), "y@company.test").show("company.test").build();

    @ParameterizedTest
    @ValueSource(strings = {"carol@company.test", "carol=40company.test", "Carol (carol=40company.test)", "carol\\u0040company.test",
        "carol\\40 company.test", "carol%2540company.test", "carol&#064company.test", "carol@\u200bcompany.test",
        "\u00e9 carol\u00ad@company.test", "ca\u2061rol@company.test", "\"carol jones\"@company.test", "carol\uff20company.test"})
    void addressShouldGoWhenItsDomainIsKnown(String name) {
        assertThat(SCRUBBER.displayName(name)).doesNotContainIgnoringCase("company");
    }

    @ParameterizedTest
    @CsvSource({"Carol of company.test,Carol of company.test", "Carol (carol@company.test),Carol",
        "Carol carol@company.test Jones,Carol Jones", "Caf\u00e9 \u200bCarol,Caf\u00e9 Carol"})
    void nameShouldStay(String name, String shown) {
        assertThat(SCRUBBER.displayName(name)).isEqualTo(shown);
    }
}
