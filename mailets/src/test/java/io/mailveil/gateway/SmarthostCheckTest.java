package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmarthostCheckTest {
    private final List<String> tried = new ArrayList<>();

    private Finding check(String gateway, String gatewayPort) {
        return SmarthostCheck.check(gateway, Optional.ofNullable(gatewayPort), (host, port) -> {
            tried.add(host + ":" + port);
            if (host.startsWith("down")) {
                throw new IOException("Connection refused");
            }
        });
    }

    @Test
    void shouldSayThatThereIsNone() {
        assertThat(check("", "587").status()).isEqualTo(Finding.Status.OK);
        assertThat(tried).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(value = {
        "relay.test              |     | relay.test:25",
        "relay.test              | 587 | relay.test:587",
        "relay.test:2525         | 587 | relay.test:2525",
        "a.test,b.test           |     | a.test:25 b.test:25",
        "a.test:26 , b.test      | 587 | a.test:26 b.test:587"
    }, delimiter = '|')
    void shouldTryEveryServer(String gateway, String gatewayPort, String expected) {
        assertThat(check(gateway, gatewayPort).status()).isEqualTo(Finding.Status.OK);
        assertThat(tried).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay.test:99999999999", "relay.test:65536", "relay.test:0", "relay.test:", "relay.test:smtp",
        "relay.test:25:25"})
    void shouldTellAPortThatIsNone(String gateway) {
        Finding finding = check(gateway, null);

        assertThat(finding.status()).isEqualTo(Finding.Status.ERROR);
        assertThat(finding.message()).contains(gateway + " cannot be reached: ").contains("is no port");
        assertThat(tried).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'down.test',ERROR", "'down.test:587,down2.test',ERROR", "'a.test,down.test',WARNING", "'down.test,a.test',WARNING",
        "'a.test,b.test:x',WARNING"})
    void shouldTellWhichCannotBeReached(String gateway, Finding.Status status) {
        assertThat(check(gateway, null).status()).isEqualTo(status);
        assertThat(check("a.test,down.test:587", null).message()).contains("down.test:587 cannot be reached: Connection refused")
            .doesNotContain("a.test cannot");
    }
}
