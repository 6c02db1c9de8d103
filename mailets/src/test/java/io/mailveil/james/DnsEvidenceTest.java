package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Evidence.Spf;
import io.mailveil.gateway.Signature;
import io.mailveil.gateway.Signatures;
import io.mailveil.gateway.UnansweredException;
import io.mailveil.signing.DkimSigner;

/** What jSPF and jDKIM make of records and messages; the DNS is a map. */
class DnsEvidenceTest {
    private static final DkimSigner PROVIDER = DkimSigner.of("provider.example");
    private static final DkimSigner OTHER = DkimSigner.of("other.example");
    private static final DkimSigner SHORT = DkimSigner.of("provider.example", 512);
    private static final String LETTER = "From: Nina <nina@provider.example>\r\nTo: X <x@company.test>,\r\n dave@world.test\r\n"
        + "Subject:  Answer   to you\r\nDate: Sun, 22 Nov 2026 12:00:00 +0900\r\nMessage-ID: <1@provider.example>\r\n"
        + "MIME-Version: 1.0\r\n\r\nDear X,  \r\n\r\n.this  is   it.\r\n\r\n\r\n";

    private final Map<String, List<Record>> records = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final DnsEvidence evidence = new DnsEvidence(this::ask);

    private List<Record> ask(String name, int type, Duration atMost) throws UnansweredException {
        asked.add(Type.string(type) + ' ' + name);
        List<Record> all = records.getOrDefault(name, List.of());
        if (all.isEmpty() && records.containsKey(name)) {
            throw new UnansweredException("as told");
        }
        return all.stream().filter(record -> record.getType() == type).collect(Collectors.toList());
    }

    private void text(String name, String text) {
        add(name, new TXTRecord(Name.root, DClass.IN, 60, Splitter.fixedLength(255).splitToList(text)));
    }

    private void add(String name, Record record) {
        records.computeIfAbsent(name, key -> new ArrayList<>()).add(record);
    }

    private void down(String name) {
        records.put(name, List.of());
    }

    @BeforeEach
    void keys() {
        text(PROVIDER.name(), PROVIDER.record());
        text(OTHER.name(), OTHER.record());
    }

    private Signatures signatures(String message) {
        try {
            return evidence.signatures(() -> new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
                domain -> domain.endsWith("provider.example") || domain.equals("other.example"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> domains(String message) {
        Signatures signatures = signatures(message);
        assertThat(signatures.unanswered()).isFalse();
        return signatures.valid().stream().map(Signature::domain).collect(Collectors.toList());
    }

    @Test
    void shouldVerifyASignature() {
        Signature signature = signatures(PROVIDER.with("t=1800000000;").sign(LETTER)).valid().get(0);

        assertThat(signature.domain()).isEqualTo("provider.example");
        assertThat(signature.covers("From")).isTrue();
        assertThat(signature.covers("message-id")).isTrue();
        assertThat(signature.covers("MIME-Version")).isFalse();
        assertThat(signature.coversWholeBody()).isTrue();
        assertThat(signature.time()).contains(Instant.ofEpochSecond(1800000000));
    }

    @Test
    void shouldVerifyASignatureFromAClockThatIsAhead() {
        String ahead = "t=" + Instant.now().plusSeconds(30).getEpochSecond() + ";";

        assertThat(domains(PROVIDER.with(ahead).sign(LETTER))).containsExactly("provider.example");
    }

    @Test
    void shouldSayWhenASignatureHasNoTimeOrLeavesOutTheEndOfTheBody() {
        Signature signature = signatures(PROVIDER.overBodyUpTo(8).sign(LETTER) + "Added later.\r\n").valid().get(0);

        assertThat(signature.time()).isEmpty();
        assertThat(signature.coversWholeBody()).isFalse();
    }

    /** What may happen to a message on its way to us without breaking the signature, and what not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "as it came                  | true",
        "received                    | true",
        "folded anew                 | true",
        "spaces                      | true",
        "empty lines at the end      | true",
        "another header field        | true",
        "subject                     | false",
        "from                        | false",
        "to                          | false",
        "body                        | false",
        "text at the end             | false",
        "line break in the body      | false",
        "stray LF in the header      | false",
        "stray CR in the header      | false",
        "NUL in the header           | false",
        "a line that is no field     | false",
        "mbox line                   | false",
        "no body                     | false",
    })
    void shouldNoticeEveryChange(String change, boolean holds) {
        String signed = PROVIDER.sign(LETTER);
        Map<String, UnaryOperator<String>> changes = Map.ofEntries(
            Map.entry("as it came", text -> text),
            Map.entry("received", text -> "Received: from a by b; Sun, 22 Nov 2026 12:00:01 +0900\r\n" + text),
            Map.entry("folded anew", text -> text.replace("Nina <nina", "Nina\r\n <nina")),
            Map.entry("spaces", text -> text.replace("Answer   to", "Answer to").replace("is   it", "is it")),
            Map.entry("empty lines at the end", text -> text + "\r\n\r\n"),
            Map.entry("another header field", text -> "X-Spam: no\r\n" + text),
            Map.entry("subject", text -> text.replace("Answer", "Question")),
            Map.entry("from", text -> text.replace("From: Nina", "From: Otto")),
            Map.entry("to", text -> text.replace("To: X <x@", "To: X <y@")),
            Map.entry("body", text -> text.replace("this  is", "that  is")),
            Map.entry("text at the end", text -> text + "P.S.\r\n"),
            Map.entry("line break in the body", text -> text.replace("Dear X", "Dear\r\nX")),
            Map.entry("stray LF in the header", text -> text.replace("MIME-Version", "X-A: b\nTo: y@company.test\r\nMIME-Version")),
            Map.entry("stray CR in the header", text -> text.replace("MIME-Version", "X-A: b\rTo: y@company.test\r\nMIME-Version")),
            Map.entry("NUL in the header", text -> text.replace("MIME-Version", "X-A: b\0\r\nMIME-Version")),
            Map.entry("a line that is no field", text -> text.replace("MIME-Version: 1.0", "MIME-Version")),
            Map.entry("mbox line", text -> "From nina Sun Nov 22 12:00:00 2026\r\n" + text),
            Map.entry("no body", text -> text.substring(0, text.indexOf("\r\n\r\n"))));

        assertThat(domains(changes.get(change).apply(signed))).hasSize(holds ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=DKIM1; k=rsa; p=", "v=DKIM1; p=AAAA", "v=DKIM1", "no key", "v=DKIM2; p=AAAA",
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="})
    void shouldNotTakeAKeyThatIsRevokedOrNone(String record) {
        records.remove(PROVIDER.name());
        text(PROVIDER.name(), record);

        assertThat(domains(PROVIDER.sign(LETTER))).isEmpty();
    }

    @Test
    void shouldNotTakeAKeyThatIsNotThere() {
        records.remove(PROVIDER.name());

        assertThat(domains(PROVIDER.sign(LETTER))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"t=y;, 0", "t=s;, 1", "t=y:s;, 0", "h=sha1;, 0", "h=sha256;, 1", "s=email;, 1", "n=note;, 1"})
    void shouldObeyWhatTheKeyIsFor(String tag, int valid) {
        records.remove(PROVIDER.name());
        text(PROVIDER.name(), PROVIDER.record().replace("k=rsa;", "k=rsa; " + tag));

        assertThat(domains(PROVIDER.sign(LETTER))).hasSize(valid);
    }

    @Test
    void shouldNotTakeAShortKey() {
        records.remove(PROVIDER.name());
        text(SHORT.name(), SHORT.record());

        assertThat(domains(SHORT.sign(LETTER))).isEmpty();
    }

    @Test
    void shouldNotTakeASignatureThatHasExpired() {
        long now = Instant.now().getEpochSecond();

        assertThat(domains(PROVIDER.with("x=" + (now - 60) + ";").sign(LETTER))).isEmpty();
        assertThat(domains(PROVIDER.with("x=" + (now + 60) + ";").sign(LETTER))).hasSize(1);
        assertThat(domains(PROVIDER.with("x=soon;").sign(LETTER))).isEmpty();
    }

    @Test
    void shouldNotTakeASignatureInTheNameOfAnotherDomain() {
        text(PROVIDER.as("mail.provider.example").name(), OTHER.record());

        assertThat(domains(PROVIDER.as("mail.provider.example").sign(LETTER))).isEmpty();
        assertThat(domains(OTHER.as("provider.example").sign(LETTER))).isEmpty();
    }

    @Test
    void shouldNotTakeSha1() {
        assertThat(domains(PROVIDER.sign(LETTER).replace("rsa-sha256", "rsa-sha1"))).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldCoverFieldsThatAreNotThereAndFieldsThatAreNamedTwice() {
        DkimSigner over = PROVIDER.over("from:from:to:to:cc:subject:subject:date:message-id:reply-to");

        assertThat(domains(over.sign(LETTER))).hasSize(1);
        assertThat(domains("Subject: Other\r\n" + over.sign(LETTER))).isEmpty();
        assertThat(domains("Reply-To: evil@other.example\r\n" + over.sign(LETTER))).isEmpty();
    }

    @Test
    void shouldTellThoseOfSeveralThatHold() {
        String both = OTHER.sign(PROVIDER.sign(LETTER));
        assertThat(domains(both)).containsExactlyInAnyOrder("provider.example", "other.example");

        String broken = "DKIM-Signature: v=1; d=provider.example\r\nDKIM-Signature: nonsense\r\nDKIM-Signature:\r\n";
        assertThat(domains(broken + PROVIDER.sign(LETTER))).containsExactly("provider.example");
        assertThat(domains(PROVIDER.sign(LETTER).replace("bh=", "bh=AAAA"))).isEmpty();
    }

    @Test
    void shouldLookAtAFewSignaturesOnlyAndOnlyAtThoseOfInterest() {
        String uninteresting = "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=a; h=from; bh=AAAA; b=AAAA\r\n";
        signatures(uninteresting.repeat(50) + LETTER);
        assertThat(asked).isEmpty();

        assertThat(domains(uninteresting.repeat(50) + PROVIDER.sign(LETTER))).hasSize(1);
        asked.clear();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            many.append(uninteresting.replace("evil.example; s=a", "other.example; s=a" + i));
        }
        signatures(many + LETTER);
        assertThat(asked).hasSize(5);
    }

    @Test
    void shouldSayWhenTheDnsDoesNotAnswer() {
        down(PROVIDER.name());
        assertThat(signatures(PROVIDER.sign(LETTER)).unanswered()).isTrue();
        assertThat(signatures(PROVIDER.sign(LETTER)).valid()).isEmpty();

        Signatures one = signatures(OTHER.sign(PROVIDER.sign(LETTER)));
        assertThat(one.unanswered()).isTrue();
        assertThat(one.valid()).extracting(Signature::domain).containsExactly("other.example");
    }

    @Test
    void shouldFindNoSignatureWhereThereIsNone() {
        assertThat(domains(LETTER)).isEmpty();
        assertThat(domains("")).isEmpty();
        assertThat(domains("\r\n")).isEmpty();
        assertThat(domains("DKIM-Signature")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "v=spf1 ip4:192.0.2.7 -all                     | PASS",
        "v=spf1 ip4:192.0.2.0/24 -all                  | PASS",
        "V=SPF1 a:mx.provider.example -all             | PASS",
        "v=spf1 mx -all                                | PASS",
        "v=spf1 include:_spf.provider.example -all     | PASS",
        "v=spf1 redirect=_spf.provider.example         | PASS",
        "v=spf1 exists:%{l}.users.provider.example -all | PASS",
        "v=spf1 +all                                   | PASS",
        "v=spf1 ip4:192.0.2.8 -all                     | FAIL",
        "v=spf1 -all                                   | FAIL",
        "v=spf1 ip4:192.0.2.8 ~all                     | OTHER",
        "v=spf1 ip4:192.0.2.8 ?all                     | OTHER",
        "v=spf1 ip4:192.0.2.8                          | OTHER",
        "v=spf1 ip4:192.0.2.7.8 -all                   | OTHER",
        "v=spf1 nonsense -all                          | OTHER",
        "v=spf10 ip4:192.0.2.7 -all                    | OTHER",
        "v=spf1 include:provider.example -all          | OTHER",
        "v=spf1 include:down.example ip4:192.0.2.7     | UNANSWERED",
        "v=spf1 a:down.example ip4:192.0.2.7           | UNANSWERED",
    })
    void shouldReadSpf(String record, Spf result) throws IOException {
        text("provider.example", record);
        text("_spf.provider.example", "v=spf1 ip4:192.0.2.7 -all");
        add("mx.provider.example", new ARecord(Name.root, DClass.IN, 60, InetAddresses.forString("192.0.2.7")));
        add("mx.provider.example.", new ARecord(Name.root, DClass.IN, 60, InetAddresses.forString("192.0.2.7")));
        add("nina.users.provider.example", new ARecord(Name.root, DClass.IN, 60, InetAddresses.forString("127.0.0.2")));
        add("provider.example", new MXRecord(Name.root, DClass.IN, 60, 10, Name.fromString("mx.provider.example.")));
        down("down.example");

        assertThat(spf("192.0.2.7", "nina@provider.example")).isEqualTo(result);
    }

    private Spf spf(String client, String sender) {
        InetAddress address = InetAddresses.forString(client);
        return evidence.spf(address, "mx.provider.example", EmailAddress.parse(sender));
    }

    @Test
    void shouldReadSpfForIpv6() {
        text("provider.example", "v=spf1 ip6:2001:db8::/32 -all");
        assertThat(spf("2001:db8::7", "nina@provider.example")).isEqualTo(Spf.PASS);
        assertThat(spf("2001:db9::7", "nina@provider.example")).isNotEqualTo(Spf.PASS);

        text("six.example", "v=spf1 a -all");
        add("six.example", new AAAARecord(Name.root, DClass.IN, 60, InetAddresses.forString("2001:db9::7")));
        assertThat(spf("2001:db9::7", "nina@six.example")).isEqualTo(Spf.PASS);
    }

    @Test
    void shouldNotTakeTwoRecordsOrNoneForAPass() {
        assertThat(spf("192.0.2.7", "nina@nowhere.example")).isEqualTo(Spf.OTHER);
        text("provider.example", "v=spf1 ip4:192.0.2.7 -all");
        text("provider.example", "v=spf1 +all");
        assertThat(spf("192.0.2.7", "nina@provider.example")).isEqualTo(Spf.OTHER);
    }

    @Test
    void shouldAskForTheNameInEhloWhenTheSenderIsNobody() {
        text("mx.provider.example", "v=spf1 ip4:192.0.2.7 -all");

        assertThat(evidence.spf(InetAddresses.forString("192.0.2.7"), "mx.provider.example", Optional.empty())).isEqualTo(Spf.PASS);
        assertThat(evidence.spf(InetAddresses.forString("192.0.2.7"), "", Optional.empty())).isEqualTo(Spf.OTHER);
    }

    @Test
    void shouldSayWhenTheDnsDoesNotAnswerForSpf() {
        down("provider.example");

        assertThat(spf("192.0.2.7", "nina@provider.example")).isEqualTo(Spf.UNANSWERED);
    }

    @Test
    void shouldNotFollowARecordThatAsksForTooMuch() {
        StringBuilder record = new StringBuilder("v=spf1");
        for (int i = 0; i < 11; i++) {
            record.append(" include:s").append(i).append(".example");
            text("s" + i + ".example", "v=spf1 -all");
        }
        text("provider.example", record + " ip4:192.0.2.7 -all");

        assertThat(spf("192.0.2.7", "nina@provider.example")).isEqualTo(Spf.OTHER);
        assertThat(asked).hasSizeLessThan(15);
    }
}
