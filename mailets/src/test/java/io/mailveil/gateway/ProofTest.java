package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.BOB;
import static io.mailveil.gateway.TestGateway.INFO;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.google.common.net.InetAddresses;

import io.mailveil.address.EmailAddress;

class ProofTest {
    private static final InetAddress OFFICE = InetAddresses.forString("192.0.2.7");
    private static final InetAddress ELSEWHERE = InetAddresses.forString("203.0.113.9");

    private final Settings settings = Settings.of(Map.of(Settings.TRUSTED_NETWORKS, "192.0.2.0/24"));
    private final Directory directory = new Directory() {
        @Override
        public Set<EmailAddress> addressesOf(String user) {
            return Set.of(EmailAddress.of(user), EmailAddress.of("a.smith@staff.test"));
        }

        @Override
        public boolean isLocalDomain(String domain) {
            return true;
        }
    };

    private Proof proof(String user, InetAddress client, EmailAddress sender) {
        return Proof.of(Optional.ofNullable(user), Optional.ofNullable(client), Optional.ofNullable(sender), settings, directory);
    }

    @Test
    void shouldBelieveTheUserAndHisAliasesWhateverTheEnvelopeSays() {
        Proof proof = proof("alice@staff.test", ELSEWHERE, BOB);

        assertThat(proof.kind()).isEqualTo(Proof.Kind.AUTHENTICATED);
        assertThat(proof.isFor(ALICE)).isTrue();
        assertThat(proof.isFor(EmailAddress.of("a.smith@staff.test"))).isTrue();
        assertThat(proof.isFor(BOB)).isFalse();
    }

    @Test
    void shouldBelieveTheEnvelopeFromATrustedNetworkOnly() {
        assertThat(proof(null, OFFICE, ALICE).isFor(ALICE)).isTrue();
        assertThat(proof(null, ELSEWHERE, ALICE).isFor(ALICE)).isFalse();
        assertThat(proof(null, ELSEWHERE, ALICE).kind()).isEqualTo(Proof.Kind.NONE);
        assertThat(proof(null, null, ALICE).kind()).isEqualTo(Proof.Kind.NONE);
        assertThat(proof(null, OFFICE, null).kind()).isEqualTo(Proof.Kind.NONE);
    }

    @ParameterizedTest
    @CsvSource({"alice@staff.test, alice@staff.test", "alice+lists@staff.test, alice@staff.test",
        "prvs=1234abcdef=alice@staff.test, alice@staff.test", "prvs=1234abcdef=alice+x@staff.test, alice@staff.test",
        "prvs=alice@staff.test, prvs=alice@staff.test", "+alice@staff.test, +alice@staff.test"})
    void shouldSeeThroughSignaturesAndTagsInTheEnvelope(String sender, String mailbox) {
        assertThat(proof(null, OFFICE, EmailAddress.of(sender)).isFor(EmailAddress.of(mailbox))).isTrue();
    }

    @Test
    void shouldTravelAsAString() {
        Proof read = Proof.parse(Proof.gateway(INFO).toString());

        assertThat(read.kind()).isEqualTo(Proof.Kind.GATEWAY);
        assertThat(read.isFor(INFO)).isTrue();
        assertThat(read.isFor(ALICE)).isFalse();
    }

    @Test
    void shouldTravelAsAStringWhenAMessageProvedIt() {
        for (Proof proof : List.of(Proof.spf(ALICE), Proof.dkim(ALICE))) {
            assertThat(Proof.parse(proof.toString()).kind()).isEqualTo(proof.kind());
            assertThat(Proof.parse(proof.toString()).isFor(ALICE)).isTrue();
            assertThat(Proof.parse(proof.toString()).isFor(BOB)).isFalse();
        }
        for (Proof proof : List.of(Proof.NONE, Proof.FAILED, Proof.DISOWNED)) {
            assertThat(Proof.parse(proof.toString())).isEqualTo(proof);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "spf:", "dkim:nobody", "unanswered", "spf", "SPF:alice@staff.test", "gateway:",
        "gateway:nobody", "authenticated:alice@staff.test", "network", "none"})
    void shouldNotReadAProofOutOfAnythingElse(String text) {
        assertThat(Proof.parse(text).kind()).isEqualTo(Proof.Kind.NONE);
    }
}
