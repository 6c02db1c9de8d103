package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.INFO;
import static io.mailveil.gateway.TestGateway.SALES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.Limits;

class RefusalNoticeTest {
    private static final EmailAddress POSTMASTER = EmailAddress.of("postmaster@company.test");
    private final RefusalNotice notices = new RefusalNotice(Clock.systemUTC());

    private static Arrival arrival(EmailAddress sender, String field) {
        return TestGateway.arrival(sender, Proof.NONE, "From: alice@staff.test", field);
    }

    @Test
    void shouldNameWhomItDidNotReachAndWhy() throws IOException {
        byte[] octets = notices.octets(POSTMASTER, ALICE, arrival(ALICE, "Message-ID: <a@staff.test>"), List.of(INFO, SALES),
            Refusal.NOBODY_ELSE.text()).orElseThrow();
        DeliveryReport report = DeliveryReport.read(new ByteArrayInputStream(octets), Limits.DEFAULT);

        assertThat(new String(octets, StandardCharsets.US_ASCII)).contains("In-Reply-To: <a@staff.test>\r\n")
            .contains("Auto-Submitted: auto-replied\r\n").contains("    info@company.test\r\n    sales@company.test\r\n")
            .contains("There is nobody but you at this address");
        assertThat(report.recipients()).hasSize(1);
        assertThat(report.recipients().get(0).status()).isEqualTo("5.7.1");
        assertThat(report.ids()).containsExactly("a@staff.test");
    }

    @ParameterizedTest
    @CsvSource({"Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.test>"})
    void shouldNotAnswerAProgram(String field) {
        assertThat(notices.octets(POSTMASTER, ALICE, arrival(ALICE, field), List.of(INFO), "5.7.1 No")).isEmpty();
        assertThat(notices.octets(POSTMASTER, ALICE, arrival(null, "Subject: Hello"), List.of(INFO), "5.7.1 No")).isEmpty();
    }
}
