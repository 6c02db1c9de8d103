package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "carol@world.test                | carol@world.test           | carol@world.test",
        "Carol@World.Test                | carol@world.test           | Carol@world.test",
        "carol@world.test.               | carol@world.test           | carol@world.test",
        "\"carol\"@world.test            | carol@world.test           | carol@world.test",
        "\"ca\\rol\"@world.test          | carol@world.test           | carol@world.test",
        "\"Carol Smith\"@world.test      | \"carol smith\"@world.test | \"Carol Smith\"@world.test",
        "\"a@b\"@world.test              | \"a@b\"@world.test         | \"a@b\"@world.test",
        "\"a\\\"b\"@world.test           | \"a\\\"b\"@world.test      | \"a\\\"b\"@world.test",
        "a..b@docomo.test                | a..b@docomo.test           | a..b@docomo.test",
        "a.@docomo.test                  | a.@docomo.test             | a.@docomo.test",
        "o'neil+tag@world.test           | o'neil+tag@world.test      | o'neil+tag@world.test",
        "carol@B\u00fccher.test          | carol@xn--bcher-kva.test   | carol@xn--bcher-kva.test",
        "carol@bu\u0308cher.test         | carol@xn--bcher-kva.test   | carol@xn--bcher-kva.test",
        "carol@XN--bcher-KVA.test        | carol@xn--bcher-kva.test   | carol@xn--bcher-kva.test",
        "carol@\u4f8b\u3048.test         | carol@xn--r8jz45g.test     | carol@xn--r8jz45g.test",
        "carol@\uff57orld.test           | carol@world.test           | carol@world.test",
        "carol@world\u3002test           | carol@world.test           | carol@world.test",
        "carol@localhost                 | carol@localhost            | carol@localhost",
        "carol@[192.0.2.1]               | carol@[192.0.2.1]          | carol@[192.0.2.1]",
        "carol@[IPv6:2001:DB8::1]        | carol@[ipv6:2001:db8::1]   | carol@[ipv6:2001:db8::1]",
    })
    void shouldKnowTheCanonicalAndTheSpokenForm(String text, String canonical, String spoken) {
        EmailAddress address = EmailAddress.of(text);

        assertThat(address.canonical()).isEqualTo(canonical);
        assertThat(address.toString()).isEqualTo(spoken);
        assertThat(address).isEqualTo(EmailAddress.of(canonical)).hasSameHashCodeAs(EmailAddress.of(canonical));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "carol", "carol@", "@world.test", "ca rol@world.test", "carol@wor ld.test", "carol@-world.test",
        "carol@world..test", "carol@.test", "carol@world.test@", "ca\"rol@world.test", "\"\"@world.test", "carol\r\n@world.test",
        "\"ca\r\nrol\"@world.test", "carol@world.test\u0000x", "\u592a\u90ce@world.test", "carol@fa\u00df.test", "<carol@world.test>",
        "carol@[192.0.2.1", "a(comment)@world.test"})
    void shouldRefuseWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> EmailAddress.of(text)).isInstanceOf(IllegalArgumentException.class).message().isNotEmpty()
            .doesNotContain("\r", "\n", "\u0000");
        assertThat(EmailAddress.parse(text)).isEmpty();
    }

    @Test
    void shouldRefuseALocalPartOver64Octets() {
        assertThat(EmailAddress.parse("a".repeat(64) + "@world.test")).isPresent();
        assertThat(EmailAddress.parse("a".repeat(65) + "@world.test")).isEmpty();
    }

    @Test
    void shouldRefuseADomainOver253Octets() {
        String label = "a".repeat(60) + ".";
        assertThat(EmailAddress.parse("a@" + label.repeat(4) + "test")).isPresent();
        assertThat(EmailAddress.parse("a@" + label.repeat(4) + "a.test.test")).isEmpty();
        assertThat(EmailAddress.parse("a@" + "a".repeat(64) + ".test")).isEmpty();
    }

    @Test
    void shouldReadADomainInUnicode() {
        assertThat(EmailAddress.of("carol@xn--bcher-kva.test").unicodeDomain()).isEqualTo("b\u00fccher.test");
    }
}
