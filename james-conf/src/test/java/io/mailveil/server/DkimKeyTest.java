package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.james.jdkim.tagvalue.PublicKeyRecordImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made and printed; that James signs with it is shown end to end. */
class DkimKeyTest {
    @TempDir
    Path home;

    @BeforeEach
    void conf() throws IOException {
        Files.createDirectories(home.resolve("conf"));
    }

    private String make(String domain, String selector) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DkimKey.make(home, domain, selector, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void keyShouldBeForTheOwnerOnly() throws IOException {
        make("Company.test", "s1");

        Path file = home.resolve("conf").resolve("dkim-s1.company.test.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Files.readString(file)).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("\n-----END PRIVATE KEY-----\n");
    }

    @Test
    void recordShouldBeReadAsAKeyAndFitIntoStringsOfTheDns() {
        String printed = make("company.test", "s1");

        Matcher record = Pattern.compile("(?m)^s1\\._domainkey\\.company\\.test\\. IN TXT \\( \"([^\"]{1,255})\" \"([^\"]{1,255})\" \\)$")
            .matcher(printed);
        assertThat(record.find()).isTrue();
        PublicKeyRecordImpl key = new PublicKeyRecordImpl(record.group(1) + record.group(2));
        key.validate();
        assertThat(key.getPublicKey().getAlgorithm()).isEqualTo("RSA");
        assertThat(printed).contains("d=company.test; s=s1;").contains("${file:UTF-8:" + home.toAbsolutePath());
    }

    @Test
    void existingKeyShouldStay() throws IOException {
        make("company.test", "s1");
        String before = Files.readString(home.resolve("conf").resolve("dkim-s1.company.test.pem"));

        assertThatThrownBy(() -> make("company.test", "s1")).isInstanceOf(StartProblem.class).hasMessageContaining("not overwritten");

        assertThat(Files.readString(home.resolve("conf").resolve("dkim-s1.company.test.pem"))).isEqualTo(before);
        make("company.test", "s2");
    }

    @ParameterizedTest
    @CsvSource({
        "company, s1, --domain company",
        "company..test, s1, --domain company..test",
        "../company.test, s1, --domain ../company.test",
        "company.test, s_1, --selector s_1",
        "company.test, ../s1, --selector ../s1",
    })
    void namesThatAreNoneShouldBeRefused(String domain, String selector, String message) {
        assertThatThrownBy(() -> make(domain, selector)).isInstanceOf(StartProblem.class)
            .hasMessageContaining(message + " is not allowed. Allowed is");
    }

    @Test
    void missingFolderShouldBeNamed() throws IOException {
        Files.delete(home.resolve("conf"));

        assertThatThrownBy(() -> make("company.test", "s1")).isInstanceOf(StartProblem.class).hasMessageContaining("Cannot write");
    }
}
