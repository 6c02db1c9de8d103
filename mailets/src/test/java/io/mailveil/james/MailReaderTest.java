package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;

import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.Settings;

/** Whom the chain takes a mail for. */
class MailReaderTest {
    private final Directory directory = new Directory() {
        @Override
        public Set<EmailAddress> addressesOf(String user) {
            return Set.of(EmailAddress.of(user));
        }

        @Override
        public boolean isLocalDomain(String domain) {
            return true;
        }
    };
    private final MailReader reader = new MailReader(Settings.of(Map.of(Settings.TRUSTED_NETWORKS, "192.0.2.0/24")), directory);
    private MailImpl mail;

    @BeforeEach
    void mail() throws Exception {
        mail = MailImpl.builder().name("mail").sender(new MailAddress("nina@provider.test")).addRecipient("x@company.test").build();
        mail.setRemoteAddr("203.0.113.9");
    }

    private void proof(String proof) {
        mail.setAttribute(new Attribute(MailReader.PROOF, AttributeValue.of(proof)));
    }

    @ParameterizedTest
    @CsvSource({"spf:nina@provider.test", "dkim:nina@provider.test", "failed", "disowned", "none", "gateway:info@company.test"})
    void shouldBelieveWhatTheHookHasFoundOut(String proof) {
        proof(proof);

        assertThat(reader.proof(mail)).hasToString(proof);
    }

    @Test
    void shouldProveNobodyWhereNoHookHasLooked() {
        assertThat(reader.proof(mail)).hasToString("none");
    }

    @ParameterizedTest
    @CsvSource({"spf:nina@provider.test, none", "dkim:nina@provider.test, none", "failed, none",
        "gateway:info@company.test, gateway:info@company.test"})
    void shouldNotHandDownAProofToWhatAMailetHasMadeOfAMail(String proof, String left) {
        proof(proof);
        mail.setAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE);

        assertThat(reader.proof(mail)).hasToString(left);
    }

    @Test
    void shouldKnowUsersAndTrustedNetworksWithoutTheHook() {
        mail.setRemoteAddr("192.0.2.7");
        assertThat(reader.proof(mail)).hasToString("network");

        mail.setAttribute(new Attribute(Mail.SMTP_AUTH_USER, AttributeValue.of("alice@staff.test")));
        assertThat(reader.proof(mail)).hasToString("authenticated");
        assertThat(reader.proof(mail).isFor(EmailAddress.of("alice@staff.test"))).isTrue();
    }
}
