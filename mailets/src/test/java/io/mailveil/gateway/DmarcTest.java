package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DmarcTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // record                                  | own policy | policy for a subdomain
        "v=DMARC1; p=reject                        | true  | true",
        "v=DMARC1;p=reject;                        | true  | true",
        "v=DMARC1 ; p = REJECT ; rua=mailto:a@b.c  | true  | true",
        "v=DMARC1; p=quarantine                    | false | false",
        "v=DMARC1; p=none                          | false | false",
        "v=DMARC1; p=none; sp=reject               | false | true",
        "v=DMARC1; p=reject; sp=none               | true  | false",
        "v=DMARC1; p=reject; pct=100               | true  | true",
        "v=DMARC1; p=reject; pct=20                | false | false",
        "v=DMARC1                                  | false | false",
        "v=DMARC1; p=none; p=reject                | false | false",
        "v=DMARC1; garbage; =; p=reject            | true  | true",
    })
    void shouldReadWhatTheOwnerAsksFor(String record, boolean own, boolean subdomain) {
        assertThat(Dmarc.read(List.of(record), false).orElseThrow().isReject()).isEqualTo(own);
        assertThat(Dmarc.read(List.of(record), true).orElseThrow().isReject()).isEqualTo(subdomain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=DMARC12; p=reject", "p=reject; v=DMARC1", "v=dmarc1; p=reject", "v=spf1 -all"})
    void shouldNotReadAPolicyOutOfAnythingElse(String record) {
        assertThat(Dmarc.read(List.of(record), false)).isEmpty();
    }

    @Test
    void shouldTakeSeveralRecordsForNone() {
        assertThat(Dmarc.read(List.of("v=DMARC1; p=reject", "v=DMARC1; p=none"), false)).isEmpty();
        assertThat(Dmarc.read(List.of("v=DMARC1; p=reject", "something else"), false)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"v=DMARC1; p=none, true, true", "v=DMARC1; p=none; aspf=s, false, true", "v=DMARC1; p=none; adkim=s, true, false",
        "v=DMARC1; p=none; aspf=s; adkim=s, false, false", "v=DMARC1; p=none; aspf=r; adkim=r, true, true"})
    void shouldTakeASubdomainForTheDomainUnlessTheOwnerIsStrict(String record, boolean spf, boolean dkim) {
        Dmarc policy = Dmarc.read(List.of(record), false).orElseThrow();

        assertThat(policy.alignsSpf("mail.provider.example", "provider.example")).isEqualTo(spf);
        assertThat(policy.alignsDkim("mail.provider.example", "provider.example")).isEqualTo(dkim);
        assertThat(policy.alignsSpf("provider.example", "provider.example")).isTrue();
        assertThat(policy.alignsDkim("provider.example", "provider.example")).isTrue();
        assertThat(policy.alignsSpf("evil.example", "provider.example")).isFalse();
        assertThat(policy.alignsDkim("evil.example", "provider.example")).isFalse();
    }

    @Test
    void shouldAskTheOrganisationWhereASubdomainSaysNothing() throws UnansweredException {
        FakeEvidence evidence = new FakeEvidence().text("_dmarc.provider.example", "v=DMARC1; p=none; sp=reject");

        assertThat(Dmarc.of("a.b.provider.example", evidence).map(Dmarc::isReject)).contains(true);
        assertThat(Dmarc.of("provider.example", evidence).map(Dmarc::isReject)).contains(false);
        assertThat(Dmarc.of("other.example", evidence)).isEqualTo(Optional.empty());
    }
}
