package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.google.common.net.InetAddresses;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.Limits;

class SettingsTest {
    private static final InetAddress CLIENT = InetAddresses.forString("192.0.2.7");

    @Test
    void shouldHaveADefaultForEverything() {
        Settings settings = Settings.of(Map.of());

        assertThat(settings.insideDomains()).isEmpty();
        assertThat(settings.phantomDomain()).isEmpty();
        assertThat(settings.headersKeep()).isEmpty();
        assertThat(settings.trustedNetworks()).isEmpty();
        assertThat(settings.provesBySpf()).isTrue();
        assertThat(settings.provesByDkim()).isTrue();
        assertThat(settings.honoursDmarc()).isTrue();
        assertThat(settings.discardBlocked()).isFalse();
        assertThat(settings.value(Settings.STORE_URL)).isEmpty();
        assertThat(settings.value(Settings.KEYSET)).isEmpty();
    }

    @Test
    void shouldReadWhatIsSet() {
        Settings settings = Settings.of(Map.of(
            Settings.INSIDE_DOMAINS, "staff.test, B\u00fccher.test",
            Settings.PHANTOM_DOMAIN, "Reply.test",
            Settings.HEADERS_KEEP, "X-Ticket,X-Spam-Score",
            Settings.TRUSTED_NETWORKS, "192.0.2.0/24, 2001:db8::/32, 198.51.100.1",
            Settings.BLOCKED_CORRESPONDENTS, "discard"));

        assertThat(settings.insideDomains()).containsExactlyInAnyOrder("staff.test", "xn--bcher-kva.test");
        assertThat(settings.isInside(EmailAddress.of("alice@STAFF.test"))).isTrue();
        assertThat(settings.isInside(EmailAddress.of("alice@sub.staff.test"))).isFalse();
        assertThat(settings.phantomDomain()).contains("reply.test");
        assertThat(settings.headersKeep()).containsExactlyInAnyOrder("x-ticket", "x-spam-score");
        assertThat(settings.trustedNetworks()).hasSize(3).anyMatch(network -> network.contains(CLIENT));
        assertThat(settings.discardBlocked()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true, true, true, true", "true, true, false, false", "false, true, true, false", "true, false, true, false"})
    void shouldJudgeByDmarcOnlyWhereSpfAndDkimAreLookedAt(String spf, String dkim, String dmarc, boolean honoured) {
        Settings settings = Settings.of(Map.of(Settings.PROOF_SPF, spf, Settings.PROOF_DKIM, dkim, Settings.PROOF_DMARC, dmarc));

        assertThat(settings.honoursDmarc()).isEqualTo(honoured);
        assertThat(settings.provesByMessage()).isTrue();
    }

    @Test
    void shouldReadTheLimits() {
        Limits limits = Settings.of(Map.of("limits.header.fields", "100", "limits.header.octets", "20000", "limits.parts", "30",
            "limits.depth", "5", "limits.text.octets", " 10000 ", "limits.addresses", "0")).limits();
        assertThat(limits.headerFields()).isEqualTo(100);
        assertThat(limits.headerOctets()).isEqualTo(20_000);
        assertThat(limits.parts()).isEqualTo(30);
        assertThat(limits.depth()).isEqualTo(5);
        assertThat(limits.textOctets()).isEqualTo(10_000);
        assertThat(limits.addresses()).isZero();
        assertThat(Settings.of(Map.of()).limits().addresses()).isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "inside.domains         | staff test        | a list of domain names",
        "inside.domains         | alice@staff.test  | a list of domain names",
        "phantom.domain         | a.test, b.test    | one domain name",
        "headers.keep           | From              | a list of header names",
        "headers.keep           | Resent-To         | a list of header names",
        "headers.keep           | X Ticket          | a list of header names",
        "trusted.networks       | 192.0.2.0/33      | a list of IP addresses or networks",
        "trusted.networks       | office            | a list of IP addresses or networks",
        "trusted.networks       | 192.0.2.0/24/8    | a list of IP addresses or networks",
        "blocked.correspondents | bounce            | reject or discard",
        "proof.spf              | on                | true or false",
        "proof.dkim             | TRUE              | true or false",
        "proof.dmarc            | reject            | true or false",
        "autoreply              | pass              | drop or forward",
        "limits.parts           | many              | a number from 10 to 1000000",
        "limits.depth           | 101               | a number from 3 to 100",
        "limits.header.fields   | -1                | a number from 20 to 100000",
        "limits.text.octets     | 99999999999       | a number from 10000 to 100000000",
    })
    void shouldNameTheKeyTheValueAndWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> Settings.of(Map.of(key, value))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("mailveil.properties").hasMessageContaining(key).hasMessageContaining(value.split(",")[0])
            .hasMessageContaining(allowed);
    }

    @Test
    void shouldRefuseAKeyThatIsMisspelt() {
        assertThatThrownBy(() -> Settings.of(Map.of("inside.domain", "staff.test"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'inside.domain'").hasMessageContaining("inside.domains");
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.0/24, 192.0.2.255, true", "192.0.2.0/24, 192.0.3.0, false", "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false", "0.0.0.0/0, 203.0.113.9, true", "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::1, false", "192.0.2.128/25, 192.0.2.127, false",
        "::1, ::1, true"})
    void shouldKnowWhatIsInANetwork(String network, String address, boolean inside) {
        assertThat(Network.of(network).contains(InetAddresses.forString(address))).isEqualTo(inside);
    }
}
