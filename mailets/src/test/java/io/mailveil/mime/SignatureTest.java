package io.mailveil.mime;

import static io.mailveil.mime.SampleRewriting.CAROLS_PHANTOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {
    private static final String SMIME = "Content-Type: multipart/signed;"
        + " protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=x\n"
        + "\n"
        + "--x\nContent-Type: text/plain\n\nby carol@world.test\n--x\nContent-Type: application/pkcs7-signature; name=smime.p7s\n"
        + "Content-Transfer-Encoding: base64\n\nMIIabc\n--x--\n";
    /** SEQUENCE, envelopedData. */
    private static final String ENCRYPTED = "MIAGCSqGSIb3DQEHA6CAMIACAQA=\n";
    /** SEQUENCE, signedData. */
    private static final String SIGNED = "MIAGCSqGSIb3DQEHAqCAMIACAQE=\n";

    @Test
    void strippedMailShouldKeepItsContentAndSaySo() throws Exception {
        assertThat(Rewritten.text(SMIME)).isEqualTo("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B1\"\n\n"
            + "--B1\nContent-Type: text/plain\n\nby " + CAROLS_PHANTOM + "\n"
            + "--B1\nContent-Type: text/plain; charset=us-ascii\n\n" + TextPart.NOTICE + "\n--B1--\n");
    }

    @Test
    void passedMailShouldKeepItsSignature() throws Exception {
        assertThat(Rewritten.text(SMIME, new SampleRewriting().with(SignaturePolicy.PASS)))
            .contains("multipart/signed").contains("MIIabc").contains("by " + CAROLS_PHANTOM);
    }

    @ParameterizedTest
    @ValueSource(strings = {SMIME, "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n\nabc\n",
        "Content-Type: application/pgp-keys\n\nabc\n", "Content-Type: application/pkcs7-mime\n"
            + "Content-Transfer-Encoding: base64\n\n" + SIGNED})
    void signedMailShouldBeRefusedWhereItMayNotPass(String message) {
        assertThatThrownBy(() -> Rewritten.text(message, new SampleRewriting().with(SignaturePolicy.REFUSE)))
            .isInstanceOf(RefusedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/pgp-keys", "application/pgp-signature", "application/octet-stream; name=key.asc",
        "application/octet-stream; name=smime.p7s", "application/x-pkcs7-signature", "application/pkix-cert"})
    void keysAndSignaturesShouldGoWhereverTheyStand(String type) throws Exception {
        assertThat(Rewritten.text("Content-Type: multipart/mixed; boundary=x\n\n--x\n\ntext\n--x\nContent-Type: " + type + "\n\n"
            + "SECRET\n--x--\n"))
            .doesNotContain("SECRET").contains(TextPart.NOTICE);
    }

    @Test
    void clearSignedTextShouldLoseItsSignature() throws Exception {
        assertThat(Rewritten.body("\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- --\nby carol@world.test\n"
            + "-----BEGIN PGP SIGNATURE-----\nVersion: x\n\nSECRET\n=abcd\n-----END PGP SIGNATURE-----\nbye\n"))
            .isEqualTo("--\nby " + CAROLS_PHANTOM + "\n" + TextPart.NOTICE + "\nbye\n");
    }

    @Test
    void encryptedMailShouldPassAsItIs() throws Exception {
        String content = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\n";
        assertThat(Rewritten.text("Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\n\n--x\n"
            + "Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--x\nContent-Type: application/octet-stream; name=encrypted.asc\n\n"
            + content + "\n--x--\n"))
            .isEqualTo("MIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\n"
                + " boundary=\"B1\"\n\n--B1\n"
                + "Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--B1\n"
                + "Content-Type: application/octet-stream; name=encrypted.asc\n\n"
                + content + "\n--B1--\n");
        assertThat(Rewritten.body("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
            + "Content-Transfer-Encoding: base64\n\n" + ENCRYPTED)).isEqualTo(ENCRYPTED);
    }

    @Test
    void aSignedObjectShouldNotPassAsAnEncryptedOne() {
        assertThatThrownBy(() -> Rewritten.body("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
            + "Content-Transfer-Encoding: base64\n\n" + SIGNED)).isInstanceOf(UnreadableMessageException.class);
    }
}
