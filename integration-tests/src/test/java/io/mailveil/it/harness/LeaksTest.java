package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proof that finds nothing proves something only if it finds what is there. */
class LeaksTest {
    private static final Leaks CAROL = Leaks.hiding("carol@world.test").showing("company.test").inHeadersOnly();

    @ParameterizedTest
    @ValueSource(strings = {
        "From: carol@world.test",
        "From: CAROL@World.Test",
        "X: mail.world.test",
        "X: carol@wor\r\n ld.test",
        "X: carol (comment) @ (another) world . test",
        "X: \"carol\"@world.test",
        "Subject: =?UTF-8?Q?carol=40world=2Etest?=",
        "Subject: =?UTF-8?B?Y2Fyb2xAd29ybGQudGVzdA==?=",
        "Subject: =?UTF-8?Q?wor?=\r\n =?UTF-8?Q?ld.test?=",
        "X: carol%40world%2Etest",
        "X: carol%2540world%252Etest",
        "X: =77orld=2Etest",
        "X: &#119;orld.test",
        "X: xY2Fyb2xAd29ybGQudGVzdA",
        "X: 776f726c642e74657374",
        "X: tset.dlrow"
    })
    void leakShouldBeFoundInEveryCoding(String field) {
        assertThatThrownBy(() -> CAROL.assertCleanIn(message(field))).isInstanceOf(AssertionError.class);
    }

    @Test
    void cleanMessageShouldPass() {
        byte[] message = message("From: Carol <abcdefghijklmnopqrstuvwxyz@company.test>");
        assertThatCode(() -> CAROL.assertCleanIn(message)).doesNotThrowAnyException();
    }

    @Test
    void bodyShouldBeLookedAtUnlessToldOtherwise() {
        byte[] message = "A: b\r\n\r\ncarol@world.test".getBytes(StandardCharsets.UTF_8);

        assertThatCode(() -> CAROL.assertCleanIn(message)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Leaks.hiding("carol@world.test").assertCleanIn(message)).isInstanceOf(AssertionError.class);
    }

    private static byte[] message(String field) {
        return ("Subject: Something\r\n" + field + "\r\n\r\nText.\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
