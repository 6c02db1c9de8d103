package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.google.common.net.InetAddresses;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Evidence.Spf;

/** Who is behind a message (DESIGN.md section 7): Nina is at {@code mail.provider.example}, X and Y are phantoms, P is a public address. */
class SenderCheckTest {
    private static final String NINA = "nina@mail.provider.example";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String YESTERDAY = "Sat, 21 Nov 2026 12:00:00 +0000";
    private static final List<String> ALL = List.of("from", "to", "cc", "subject", "date", "message-id");

    private final FakeEvidence evidence = new FakeEvidence();
    private final Map<String, String> settings = new HashMap<>();
    private final StringBuilder header = new StringBuilder();

    @BeforeEach
    void letter() {
        write("Nina <" + NINA + ">", "X <x@company.test>");
    }

    private void write(String from, String to) {
        header.setLength(0);
        add("From: " + from);
        add("To: " + to);
        add("Subject: Answer");
        add("Date: " + YESTERDAY);
        add("Message-ID: <1@mail.provider.example>");
    }

    private void add(String field) {
        header.append(field).append('\n');
    }

    private Proof proof(String sender, String... recipients) {
        return proof(sender, false, recipients);
    }

    private Proof proof(String sender, boolean inbound, String... recipients) {
        SenderCheck check = new SenderCheck(evidence, Settings.of(settings), Clock.fixed(NOW, ZoneOffset.UTC));
        List<EmailAddress> asking = Arrays.stream(recipients).map(EmailAddress::of).collect(Collectors.toList());
        try {
            return check.proof(new SenderCheck.Delivery(InetAddresses.forString("203.0.113.9"), "MX.Provider.Example",
                EmailAddress.parse(sender)), TestGateway.header(header.toString().split("\n")), InputStream::nullInputStream, asking,
                inbound);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Signature signature(String domain) {
        return new Signature(domain, ALL, true, Optional.of(NOW.minusSeconds(60)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // envelope sender                                | SPF        | proof
        "nina@mail.provider.example                       | PASS       | spf:nina@mail.provider.example",
        "Nina@Mail.Provider.Example                       | PASS       | spf:nina@mail.provider.example",
        "nina+tag@mail.provider.example                   | PASS       | spf:nina@mail.provider.example",
        "prvs=0123456789=nina@mail.provider.example       | PASS       | spf:nina@mail.provider.example",
        "prvs=0123456789=nina+tag@mail.provider.example   | PASS       | spf:nina@mail.provider.example",
        "nina@mail.provider.example                       | FAIL       | none",
        "nina@mail.provider.example                       | OTHER      | none",
        "nina@mail.provider.example                       | UNANSWERED | unanswered",
        // the envelope says somebody else, or nobody
        "otto@mail.provider.example                       | PASS       | none",
        "nina@provider.example                            | PASS       | none",
        "nina@evil.example                                | PASS       | none",
        "''                                               | PASS       | none",
    })
    void shouldBelieveSpfWhenTheEnvelopeIsTheWriter(String sender, Spf spf, String proof) {
        evidence.spf = spf;

        assertThat(proof(sender, "x@company.test")).hasToString(proof);
    }

    @ParameterizedTest
    @CsvSource({"mail.provider.example, dkim:nina@mail.provider.example", "provider.example, dkim:nina@mail.provider.example",
        "MAIL.Provider.example, dkim:nina@mail.provider.example", "x.mail.provider.example, none", "other.provider.example, none",
        "example, none", "evil.example, none"})
    void shouldBelieveASignatureOfTheDomainAndItsParent(String domain, String proof) {
        evidence.signatures.add(signature(domain));

        assertThat(proof(NINA, "x@company.test")).hasToString(proof);
    }

    @ParameterizedTest
    @CsvSource({"from", "to", "cc", "subject", "date", "message-id"})
    void shouldNotBelieveASignatureThatLeavesOutAField(String field) {
        add("Cc: dave@world.test");
        List<String> others = ALL.stream().filter(name -> !name.equals(field)).collect(Collectors.toList());
        evidence.signatures.add(new Signature("provider.example", others, true, Optional.of(NOW)));
        assertThat(proof(NINA, "x@company.test")).isEqualTo(Proof.NONE);

        evidence.signatures.add(signature("provider.example"));
        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(Proof.Kind.DKIM);
    }

    @ParameterizedTest
    @CsvSource({"'To: y@company.test'", "'Subject: Other'", "'Date: Sun, 22 Nov 2026 12:00:00 +0000'", "'Message-ID: <2@evil.example>'",
        "'From: nina@mail.provider.example'", "'to : y@company.test'"})
    void shouldNotBelieveASignatureWhenAFieldStandsThereTwice(String field) {
        evidence.signatures.add(signature("provider.example"));
        add(field);

        assertThat(proof(NINA, "x@company.test")).isEqualTo(Proof.NONE);
    }

    @Test
    void shouldNotMissAFieldThatIsNotThere() {
        evidence.signatures.add(new Signature("provider.example", List.of("from", "to", "date", "message-id", "subject"), true,
            Optional.of(NOW)));

        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(Proof.Kind.DKIM);
    }

    @Test
    void shouldNotBelieveASignatureOverTheBeginningOfTheBody() {
        evidence.signatures.add(new Signature("provider.example", ALL, false, Optional.of(NOW)));

        assertThat(proof(NINA, "x@company.test")).isEqualTo(Proof.NONE);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-22T11:59:00Z, DKIM", "2026-11-15T12:00:01Z, DKIM", "2026-11-15T12:00:00Z, NONE", "2025-11-22T12:00:00Z, NONE",
        "2026-11-22T12:30:00Z, DKIM", "2026-11-22T13:00:00Z, NONE", "2036-11-22T12:00:00Z, NONE", "1970-01-01T00:00:00Z, NONE"})
    void shouldBelieveASignatureForSevenDays(Instant time, Proof.Kind kind) {
        evidence.signatures.add(new Signature("provider.example", ALL, true, Optional.of(time)));

        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"'Sat, 21 Nov 2026 12:00:00 +0000', DKIM", "'Sat, 21 Nov 2026 12:00:00 +0000 (UTC)', DKIM",
        "'Sun, 15 Nov 2026 11:00:00 +0000', NONE", "yesterday, NONE", "'', NONE"})
    void shouldTakeTheSignedDateWhereTheSignatureHasNoTime(String date, Proof.Kind kind) {
        header.setLength(0);
        add("From: " + NINA);
        add("To: x@company.test");
        add("Date: " + date);
        evidence.signatures.add(new Signature("provider.example", ALL, true, Optional.empty()));

        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // To                            | Cc                | recipients                    | proof
        "x@company.test                  | ''                | x@company.test                | DKIM",
        "X@Company.Test                  | ''                | x@company.test                | DKIM",
        "dave@world.test                 | x@company.test    | x@company.test                | DKIM",
        "All: x@company.test, d@e.test;  | ''                | x@company.test                | DKIM",
        "x@company.test                  | y@company.test    | x@company.test y@company.test | DKIM",
        "info@company.test               | ''                | info@company.test             | DKIM",
        // a signed mail that went elsewhere
        "dave@world.test                 | ''                | x@company.test                | NONE",
        "x@company.test                  | ''                | x@company.test y@company.test | NONE",
        "x@elsewhere.test                | ''                | x@company.test                | NONE",
        "\"x@company.test\" <d@e.test>   | ''                | x@company.test                | NONE",
    })
    void shouldBelieveASignatureOnlyForThoseItNames(String to, String cc, String recipients, Proof.Kind kind) {
        write(NINA, to);
        if (!cc.isEmpty()) {
            add("Cc: " + cc);
        }
        evidence.signatures.add(signature("provider.example"));

        assertThat(proof(NINA, recipients.split(" ")).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"'nina@mail.provider.example, otto@mail.provider.example'", "'otto@mail.provider.example, nina@mail.provider.example'",
        "'Team: nina@mail.provider.example, otto@mail.provider.example;'", "''", "nina", "otto@mail.provider.example",
        "nina+tag@mail.provider.example", "'<>'"})
    void shouldProveNinaOnlyWhenFromIsExactlyHer(String from) {
        write(from, "x@company.test");
        evidence.spf = Spf.PASS;
        evidence.signatures.add(signature("provider.example"));

        assertThat(proof(NINA, "x@company.test").isFor(EmailAddress.of(NINA))).isFalse();
    }

    @Test
    void shouldProveNobodyWhenThereAreTwoFromFields() {
        header.insert(0, "From: otto@mail.provider.example\n");
        evidence.spf = Spf.PASS;
        evidence.signatures.add(signature("provider.example"));

        assertThat(proof(NINA, "x@company.test")).isEqualTo(Proof.NONE);
    }

    @Test
    void shouldTakeOneSignatureThatCountsOutOfSeveral() {
        evidence.signatures.add(signature("evil.example"));
        evidence.signatures.add(new Signature("provider.example", List.of("from"), false, Optional.empty()));
        evidence.signatures.add(signature("provider.example"));

        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(Proof.Kind.DKIM);
    }

    @Test
    void shouldNotBeSureWhenTheDnsDidNotAnswer() {
        evidence.unanswered = true;
        assertThat(proof(NINA, "x@company.test")).isEqualTo(Proof.UNANSWERED);

        // the other way of proving it is enough
        evidence.spf = Spf.PASS;
        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(Proof.Kind.SPF);
        evidence.spf = Spf.UNANSWERED;
        evidence.signatures.add(signature("provider.example"));
        assertThat(proof(NINA, "x@company.test").kind()).isEqualTo(Proof.Kind.DKIM);
    }

    @ParameterizedTest
    @CsvSource({"true, true, SPF", "true, false, SPF", "false, true, DKIM", "false, false, NONE"})
    void shouldAskOnlyWhatItMay(boolean spf, boolean dkim, Proof.Kind kind) {
        settings.put(Settings.PROOF_SPF, String.valueOf(spf));
        settings.put(Settings.PROOF_DKIM, String.valueOf(dkim));
        evidence.spf = Spf.PASS;
        evidence.signatures.add(signature("provider.example"));

        assertThat(proof(NINA, true, "x@company.test").kind()).isEqualTo(kind);
        assertThat(evidence.asked.contains("spf mail.provider.example")).isEqualTo(spf);
        assertThat(evidence.asked).doesNotContain("txt _dmarc.mail.provider.example");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // envelope sender            | SPF        | signed by            | DMARC              | proof
        "nina@mail.provider.example   | OTHER      | ''                   | ''                 | none",
        "nina@mail.provider.example   | FAIL       | ''                   | ''                 | failed",
        "nina@mail.provider.example   | FAIL       | other.provider.example | ''               | none",
        "list@lists.example           | FAIL       | ''                   | ''                 | none",
        "nina@mail.provider.example   | OTHER      | ''                   | p=none             | failed",
        "nina@mail.provider.example   | OTHER      | ''                   | p=quarantine       | failed",
        "nina@mail.provider.example   | OTHER      | ''                   | p=reject           | disowned",
        "nina@mail.provider.example   | FAIL       | ''                   | p=reject           | disowned",
        "list@lists.example           | PASS       | lists.example        | p=reject           | disowned",
        "nina@mail.provider.example   | OTHER      | ''                   | p=reject; pct=50   | failed",
        "''                           | PASS       | ''                   | p=reject           | none",
        // the domain vouches for it, but not for Nina herself
        "bounces@provider.example     | PASS       | ''                   | p=reject           | none",
        "bounces@provider.example     | PASS       | ''                   | p=reject; aspf=s   | disowned",
        "list@lists.example           | OTHER      | other.provider.example | p=reject         | none",
        "list@lists.example           | OTHER      | other.provider.example | p=reject; adkim=s | disowned",
        // nobody is refused because of the DNS
        "nina@mail.provider.example   | UNANSWERED | ''                   | p=reject           | unanswered",
        "nina@mail.provider.example   | OTHER      | ''                   | ?                  | unanswered",
    })
    void shouldDoAsTheDomainAsksWithMailThatItDoesNotVouchFor(String sender, Spf spf, String signer, String policy, String proof) {
        evidence.spf = spf;
        if (!signer.isEmpty()) {
            evidence.signatures.add(signature(signer));
        }
        if (!policy.isEmpty()) {
            evidence.text("_dmarc.provider.example", policy.equals("?") ? policy : "v=DMARC1; " + policy);
        }

        write(NINA, "info@company.test");
        assertThat(proof(sender, true, "info@company.test")).hasToString(proof);
    }

    @Test
    void shouldNotLetASecondPersonInFromEscapeThePolicy() {
        write(NINA + ", otto@mail.provider.example", "info@company.test");
        evidence.spf = Spf.PASS;
        evidence.signatures.add(signature("provider.example"));
        evidence.text("_dmarc.provider.example", "v=DMARC1; p=reject");

        assertThat(proof(NINA, true, "info@company.test")).isEqualTo(Proof.DISOWNED);
    }

    @Test
    void shouldNotAskForThePolicyWhenItWouldChangeNothing() {
        proof(NINA, false, "x@company.test");

        assertThat(evidence.asked).containsExactly("spf mail.provider.example", "dkim");
    }
}
