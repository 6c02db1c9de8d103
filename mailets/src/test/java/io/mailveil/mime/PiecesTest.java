package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.address.EmailAddress;

/** Long text is looked through in pieces: wherever an address lies in it, it is not cut in two. */
class PiecesTest {
    private static final Scrubber SCRUBBER =
        Scrubber.builder().hide(EmailAddress.of("carol@world.test"), "x@company.test").build();

    private static void shouldBeFoundBehind(int from, int to, String written, UnaryOperator<String> scrubber) {
        String behind = " yy".repeat(to);
        for (int length = from; length < to; length++) {
            String text = "x".repeat(length) + ' ' + written + behind;
            assertThat(scrubber.apply(text).substring(length)).as("behind %d characters", length).contains("x@company.test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol@world.test", "carol\\40 world.test", "carol@world\\00002e test", "carol=\r\n@world.test"})
    void addressShouldBeFoundAtTheEndOfAPiece(String written) {
        shouldBeFoundBehind(480, 1060, written, SCRUBBER::addresses);
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol@wor \r\nld.test", "carol@ \r\n> world.test", "carol@ \n>> world.test"})
    void lineThatGoesOnShouldNotBeCut(String written) {
        shouldBeFoundBehind(480, 1060, written, SCRUBBER::flowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol<b class=\"a b\">@</b>world.test", "carol<wbr\r\n>@world.test", "carol<!-- >\r\n a\r\n-->@world.test"})
    void tagShouldNotBeCut(String written) {
        shouldBeFoundBehind(64 * 1024 - 40, 64 * 1024 + 2, written, SCRUBBER::html);
        shouldBeFoundBehind(128 * 1024 - 40, 128 * 1024 + 2, written, SCRUBBER::html);
    }
}
