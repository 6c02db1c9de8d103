package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainsTest {
    @ParameterizedTest
    @CsvSource({"provider.example, provider.example", "mail.provider.example, provider.example", "a.b.provider.com, provider.com",
        "provider.co.jp, provider.co.jp", "mail.provider.co.jp, provider.co.jp", "co.jp, co.jp", "jp, jp",
        // suffixes of private owners: each customer is an organisation of his own
        "nina.github.io, nina.github.io", "www.nina.github.io, nina.github.io", "github.io, github.io",
        // not in the list
        "mail.provider.test, provider.test", "test, test", "[192.0.2.7], [192.0.2.7]", "xn--bcher-kva.example, xn--bcher-kva.example"})
    void shouldKnowTheRegistrableDomain(String domain, String organisation) {
        assertThat(Domains.organisation(domain)).isEqualTo(organisation);
    }

    @ParameterizedTest
    @CsvSource({"provider.example, provider.example, true", "provider.example, mail.provider.example, true",
        "b.provider.example, a.b.provider.example, true", "mail.provider.example, provider.example, false",
        "a.provider.example, b.provider.example, false", "er.example, provider.example, false", "example, provider.example, false",
        "com, provider.com, false", "co.jp, provider.co.jp, false", "co.jp, co.jp, true", "github.io, nina.github.io, false",
        "otto.github.io, nina.github.io, false", "test, provider.test, false"})
    void shouldLetADomainVouchForItselfAndItsParentsAndNobodyElse(String voucher, String domain, boolean vouches) {
        assertThat(Domains.vouchesFor(voucher, domain)).isEqualTo(vouches);
    }
}
