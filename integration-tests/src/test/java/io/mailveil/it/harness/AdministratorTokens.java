package io.mailveil.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/** The tokens (JWT, RFC 7519) with which James's WebAdmin lets administrators in when it is told to: a key pair of its own. */
public final class AdministratorTokens {
    private final KeyPair keys;

    public AdministratorTokens() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From its next start that server wants one of these tokens; the harness itself has one. */
    public TestServer wantedBy(TestServer server) {
        String key = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded()).replace("\r", "");
        String pem = "-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n";
        try {
            Files.writeString(server.folder().resolve("conf").resolve("jwt_publickey"), pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server.edit("webadmin.properties", text -> text.replace("#jwt.", "jwt.")).withToken(tokenOf("harness@company.test"));
    }

    /** A token of this administrator, good for an hour. */
    public String tokenOf(String administrator) {
        String content = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "."
            + base64("{\"sub\":\"" + administrator + "\",\"admin\":true,\"exp\":" + Instant.now().plusSeconds(3600).getEpochSecond() + "}");
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
