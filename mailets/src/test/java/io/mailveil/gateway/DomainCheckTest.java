package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainCheckTest {
    private static final String NAME = "mail.company.test";
    private static final SigningKey KEY = new SigningKey("company.test", "s1", Optional.of("MIIBpublic"));

    /** A DNS with what is written in it; a domain without a word is unanswered. */
    private static final class Zone implements DomainCheck.Questions {
        private final Map<String, List<String>> servers = new HashMap<>();
        private final Map<String, List<String>> texts = new HashMap<>();
        private final Set<String> addresses = new HashSet<>();
        private boolean silent;

        private Zone mx(String domain, String... names) {
            servers.put(domain, Arrays.asList(names));
            return this;
        }

        private Zone txt(String name, String text) {
            texts.computeIfAbsent(name, key -> new ArrayList<>()).add(text);
            return this;
        }

        private Zone address(String name) {
            addresses.add(name);
            return this;
        }

        private <T> T answer(T answer) throws UnansweredException {
            if (silent) {
                throw new UnansweredException("the DNS took too long");
            }
            return answer;
        }

        @Override
        public List<String> mailServers(String domain) throws UnansweredException {
            return answer(servers.getOrDefault(domain, List.of()));
        }

        @Override
        public List<String> texts(String name) throws UnansweredException {
            return answer(texts.getOrDefault(name, List.of()));
        }

        @Override
        public boolean hasAddress(String name) throws UnansweredException {
            return answer(addresses.contains(name));
        }
    }

    private static Zone complete() {
        return new Zone().mx("company.test", NAME).address(NAME).txt("company.test", "unrelated").txt("company.test", "v=spf1 mx -all")
            .txt("s1._domainkey.company.test", "v=DKIM1; k=rsa; p=MIIB public").txt("_dmarc.company.test", "v=DMARC1; p=quarantine");
    }

    private static List<Finding> check(Zone zone, String domain) {
        return new DomainCheck(zone, Optional.of(NAME), List.of(KEY)).check(domain);
    }

    private static List<String> notOk(List<Finding> findings) {
        return findings.stream().filter(finding -> finding.status() != Finding.Status.OK).map(Finding::toString)
            .collect(Collectors.toList());
    }

    @Test
    void shouldHaveNothingToSayAboutADomainInOrder() {
        assertThat(check(complete(), "company.test")).hasSize(4).allSatisfy(finding ->
            assertThat(finding.status()).isEqualTo(Finding.Status.OK));
    }

    @Test
    void shouldTakeTheSignatureAndThePolicyOfTheParent() {
        Zone zone = complete().mx("post.company.test", NAME).txt("post.company.test", "v=spf1 mx -all");

        assertThat(notOk(check(zone, "post.company.test"))).isEmpty();
    }

    @Test
    void shouldSayWhatToPublishWhereThereIsNothing() {
        assertThat(notOk(check(new Zone(), "company.test"))).hasSize(4)
            .anyMatch(line -> line.startsWith("ERROR dns: company.test, MX") && line.contains("company.test. MX 10 mail.company.test."))
            .anyMatch(line -> line.startsWith("WARNING dns: company.test, SPF") && line.contains("company.test. TXT \"v=spf1 mx -all\""))
            .anyMatch(line -> line.startsWith("ERROR dns: company.test, DKIM")
                && line.contains("s1._domainkey.company.test. TXT \"v=DKIM1; k=rsa; p=MIIBpublic\""))
            .anyMatch(line -> line.startsWith("WARNING dns: company.test, DMARC") && line.contains("_dmarc.company.test. TXT \"v=DMARC1;"));
    }

    @Test
    void shouldNotKnowWhereTheDnsDoesNotAnswer() {
        Zone zone = complete();
        zone.silent = true;

        assertThat(check(zone, "company.test")).hasSize(4).allSatisfy(finding ->
            assertThat(finding.toString()).startsWith("UNKNOWN dns: company.test, ").endsWith("the DNS took too long"));
        assertThat(new DomainCheck(zone, Optional.of(NAME), List.of()).checkOwnName().status()).isEqualTo(Finding.Status.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "v=spf1 ip4:192.0.2.1 -all | OK",
        "v=spf1                    | OK",
        "V=SPF1 mx ~all            | OK",
        "v=spf1 mx all             | ERROR",
        "v=spf1 +all               | ERROR",
        "v=spf1 include:all.test ?all | OK",
        "v=spf10 mx                | WARNING",
    })
    void shouldReadSpf(String record, Finding.Status expected) {
        Zone zone = new Zone().txt("company.test", record);

        assertThat(check(zone, "company.test").get(1).status()).isEqualTo(expected);
    }

    @Test
    void shouldFindASecondSpfRecord() {
        assertThat(notOk(check(complete().txt("company.test", "v=spf1 -all"), "company.test"))).singleElement().asString()
            .startsWith("ERROR dns: company.test, SPF: there are 2 records");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "v=DKIM1; p=MIIBother  | another one than that which signs",
        "v=DKIM1; p=           | is revoked or empty",
        "hello                 | is revoked or empty",
    })
    void shouldFindAKeyThatIsNotOurs(String record, String words) {
        Zone zone = new Zone().txt("s1._domainkey.company.test", record);

        assertThat(check(zone, "company.test").get(2).toString()).startsWith("ERROR dns: company.test, DKIM").contains(words);
    }

    @Test
    void shouldAdviseToSignWhereNothingIsSigned() {
        assertThat(check(complete(), "other.test").toString()).contains("mailveil dkim-key --domain other.test");
    }

    @Test
    void shouldSeeWhereMailGoes() {
        Zone zone = complete();
        assertThat(check(zone.mx("company.test", "filter.test").address("filter.test"), "company.test").get(0).toString())
            .startsWith("WARNING").contains("mail goes to filter.test, not to mail.company.test");
        assertThat(check(zone.mx("company.test", NAME, "gone.test"), "company.test").get(0).toString())
            .startsWith("ERROR").contains("gone.test, which has no address");
        assertThat(check(zone.mx("company.test", ""), "company.test").get(0).toString()).startsWith("ERROR").contains("takes no mail");
        assertThat(check(new Zone().address("company.test"), "company.test").get(0).toString())
            .startsWith("WARNING").contains("goes to the address of company.test itself");
    }

    @Test
    void shouldSayThatTheServerNeedsAName() {
        assertThat(new DomainCheck(complete(), Optional.empty(), List.of()).checkOwnName().toString())
            .startsWith("WARNING").contains("MAILVEIL_HOSTNAME");
        assertThat(new DomainCheck(complete(), Optional.of(NAME), List.of()).checkOwnName().status()).isEqualTo(Finding.Status.OK);
        assertThat(new DomainCheck(new Zone(), Optional.of(NAME), List.of()).checkOwnName().status()).isEqualTo(Finding.Status.ERROR);
    }
}
