package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

class SealTest {
    private static final String X = "abcdefghijklmnopqrstuvwxyz";

    private final Seal seal = new Seal(TestKeys.fresh());
    private final ForwardId forward = ForwardId.random();
    private final Correspondent carol = new Correspondent(EmailAddress.of("Carol@world.test"), "Carol \u00dcber");

    @Test
    void shouldKeepSpellingAndName() {
        Correspondent opened = seal.open(seal.seal(carol, forward, X), forward, X);

        assertThat(opened.address().toString()).isEqualTo("Carol@world.test");
        assertThat(opened.name()).isEqualTo("Carol \u00dcber");
    }

    @Test
    void shouldShowNothing() {
        byte[] sealed = seal.seal(carol, forward, X);

        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContainIgnoringCase("carol").doesNotContain("world");
        assertThat(sealed).isNotEqualTo(seal.seal(carol, forward, X));
        assertThat(carol.toString()).doesNotContainIgnoringCase("carol");
    }

    @Test
    void shouldNotOpenInAnotherRow() {
        byte[] sealed = seal.seal(carol, forward, X);

        assertThatThrownBy(() -> seal.open(sealed, ForwardId.random(), X)).isInstanceOf(KeysUnavailableException.class);
        assertThatThrownBy(() -> seal.open(sealed, forward, "bbcdefghijklmnopqrstuvwxyz")).isInstanceOf(KeysUnavailableException.class);
        assertThatThrownBy(() -> new Seal(TestKeys.fresh()).open(sealed, forward, X)).isInstanceOf(KeysUnavailableException.class)
            .message().doesNotContainIgnoringCase("carol");
    }
}
