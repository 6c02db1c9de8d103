package io.mailveil.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * A signer by the book (RFC 6376 sections 3.4 and 3.7): relaxed header and body, RSA with SHA-256. What is to be different is said by
 * methods that give another signer with the same key.
 */
public final class DkimSigner {
    private static final String DEFAULT_FIELDS = "from:to:cc:subject:date:message-id";

    private final KeyPair key;
    private final String domain;
    private final String fields;
    private final String tags;
    private final int limit;

    private DkimSigner(KeyPair key, String domain, String fields, String tags, int limit) {
        this.key = key;
        this.domain = domain;
        this.fields = fields;
        this.tags = tags;
        this.limit = limit;
    }

    /** With a new key of so many bits. */
    public static DkimSigner of(String domain, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new DkimSigner(generator.generateKeyPair(), domain, DEFAULT_FIELDS, "", -1);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With a new key of the usual size. */
    public static DkimSigner of(String domain) {
        return of(domain, 2048);
    }

    /** In the name of another domain. */
    public DkimSigner as(String other) {
        return new DkimSigner(key, other, fields, tags, limit);
    }

    /** Over these fields, separated by colons. */
    public DkimSigner over(String names) {
        return new DkimSigner(key, domain, names, tags, limit);
    }

    /** With more tags, each with a semicolon behind it. */
    public DkimSigner with(String more) {
        return new DkimSigner(key, domain, fields, tags + ' ' + more, limit);
    }

    /** Over so many octets of the body only. */
    public DkimSigner overBodyUpTo(int octets) {
        return new DkimSigner(key, domain, fields, tags + " l=" + octets + ';', octets);
    }

    /** Where the key has to be published. */
    public String name() {
        return "k1._domainkey." + domain;
    }

    /** What has to be published there. */
    public String record() {
        return "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(key.getPublic().getEncoded());
    }

    /** The message, its lines ended by CRLF, with a signature on top. */
    public String sign(String message) {
        int end = message.indexOf("\r\n\r\n");
        List<String> header = Arrays.asList(message.substring(0, end).split("\r\n(?![ \t])"));
        byte[] body = relaxedBody(message.substring(end + 4)).getBytes(StandardCharsets.UTF_8);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(limit < 0 ? body : Arrays.copyOf(body, limit));
            String unsigned = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + domain + "; s=k1;" + tags
                + " h=" + fields + ";\r\n bh=" + Base64.getEncoder().encodeToString(hash) + "; b=";
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key.getPrivate());
            signature.update((covered(header) + relaxedField(unsigned)).getBytes(StandardCharsets.UTF_8));
            return unsigned + Base64.getEncoder().encodeToString(signature.sign()) + "\r\n" + message;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of fields of one name the last is taken first (RFC 6376 section 5.4.2). */
    private String covered(List<String> header) {
        List<String> left = new ArrayList<>(header);
        StringBuilder result = new StringBuilder();
        for (String name : fields.split(":")) {
            for (int i = left.size() - 1; i >= 0; i--) {
                if (left.get(i).toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ':')) {
                    result.append(relaxedField(left.remove(i))).append("\r\n");
                    break;
                }
            }
        }
        return result.toString();
    }

    private static String relaxedField(String field) {
        int colon = field.indexOf(':');
        String value = field.substring(colon + 1).replace("\r\n", "").replaceAll("[ \t]+", " ").trim();
        return field.substring(0, colon).trim().toLowerCase(Locale.ROOT) + ':' + value;
    }

    private static String relaxedBody(String body) {
        String lines = body.replaceAll("[ \t]+(?=\r\n)", "").replaceAll("[ \t]+", " ").replaceAll("(\r\n)*$", "");
        return lines.isEmpty() ? "" : lines + "\r\n";
    }
}
