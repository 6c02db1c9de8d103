package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import com.github.fge.lambdas.Throwing;

import io.mailveil.gateway.BounceRule;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.Unwanted;
import io.mailveil.store.AuditAction;

class ConsoleWordsTest {
    private static final int LANGUAGES = 2;

    static Stream<String> codes() {
        return Stream.of(
            Arrays.stream(AuditAction.values()).map(action -> "action." + action.text()),
            Arrays.stream(Refusal.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Refusal.class)
                .map(Throwing.function(field -> "refused." + ((Refusal) field.get(null)).cause())),
            Arrays.stream(BounceRule.Cause.values()).map(cause -> "refused.bounce-" + cause.key()),
            Arrays.stream(Unwanted.values()).map(unwanted -> "refused.dropped-" + unwanted.key()),
            Stream.of("refused.unknown", "refused.bounce-held")).flatMap(codes -> codes);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyCodeShouldHaveWordsInEveryLanguage(String code) throws IOException {
        try (InputStream file = ConsoleRoutes.class.getResourceAsStream("/io/mailveil/console/words.js")) {
            String words = new String(file.readAllBytes(), StandardCharsets.UTF_8);

            assertThat(words.split("'" + code.replace(".", "\\.") + "': ", -1)).hasSize(LANGUAGES + 1);
        }
    }
}
