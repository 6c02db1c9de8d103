package io.mailveil.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code mailveil dkim-key}: makes a key for James's mailet DKIMSign, and prints what to publish in the DNS (RFC 6376 section 3.6.1) and
 * what to write into mailetcontainer.xml. An existing key is never overwritten: mail that is under way was signed with it.
 */
final class DkimKey {
    /** RFC 8301 section 3.2: at least 1024, should be 2048; more does not fit into what all name servers can answer by UDP. */
    private static final int BITS = 2048;
    /** What one string of a TXT record can hold (RFC 1035 section 3.3.14). */
    private static final int STRING = 255;
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private DkimKey() {
    }

    /** Makes conf/dkim-{selector}.{domain}.pem below this folder and prints the rest. */
    static void make(Path home, String domain, String selector, PrintStream out) {
        String name = name("--domain", domain, "a domain name, like company.example");
        String select = name("--selector", selector, "a name like s1");
        if (!name.contains(".")) {
            throw new StartProblem("--domain " + domain + " is not allowed. Allowed is a domain name, like company.example");
        }
        KeyPair pair = pair();
        Path file = home.toAbsolutePath().normalize().resolve("conf").resolve("dkim-" + select + "." + name + ".pem");
        write(file, pem(pair));
        String record = "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());

        out.println("The key is in " + file + ". Keep it to this server.");
        out.println();
        out.println("1. Publish in the DNS of " + name + ":");
        out.println();
        out.println(select + "._domainkey." + name + ". IN TXT ( \"" + record.substring(0, STRING) + "\""
            + " \"" + record.substring(STRING) + "\" )");
        out.println();
        out.println("2. When the record can be seen, put into conf/mailetcontainer.xml, in the processor relay before RemoteDelivery:");
        out.println();
        out.print(mailet(file, name, select));
        out.println();
        out.println("3. Start the server again and ask: mailveil check");
    }

    static String mailet(Path file, String domain, String selector) {
        return """
            <mailet match="SenderHostIs=%1$s" class="org.apache.james.jdkim.mailets.DKIMSign">
                <signatureTemplate>v=1; a=rsa-sha256; c=relaxed/relaxed; d=%1$s; s=%2$s; \
            h=from:to:cc:reply-to:subject:date:message-id:in-reply-to:references:mime-version:content-type; bh=; b=;</signatureTemplate>
                <privateKey>${file:UTF-8:%3$s}</privateKey>
            </mailet>
            """.formatted(domain, selector, file);
    }

    private static String name(String option, String text, String allowed) {
        String name = text.toLowerCase(Locale.ROOT);
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw new StartProblem(option + " " + text + " is not allowed. Allowed is " + allowed);
            }
        }
        return name;
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PKCS#8 in PEM (RFC 7468 section 10), which the mailet takes as it is. */
    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    }

    private static void write(Path file, String content) {
        try {
            FileAttribute<?>[] ownerOnly = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
            try (SeekableByteChannel channel = Files.newByteChannel(file, NEW, ownerOnly)) {
                channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (FileAlreadyExistsException e) {
            throw new StartProblem(file + " is there already and is not overwritten. Name another --selector for a new key.", e);
        } catch (IOException e) {
            throw new StartProblem("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
