package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;

/** What stands in comments in the sample configuration, to be taken out of them: it has to be XML, and in a place where it may be. */
class SampleConfigurationTest {
    private static final Path CONF = Path.of("src", "main", "conf");
    /** A comment that begins in words and goes on with elements. */
    private static final Pattern SAMPLE = Pattern.compile("(?s)<!--(?:(?!-->)[^<])*(<(?:(?!-->).)*>)(?:(?!-->)[^<>])*-->");

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    static Stream<String> files() {
        return Stream.of("mailetcontainer.xml", "smtpserver.xml", "imapserver.xml");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everySampleInACommentShouldBeXml(String file) throws Exception {
        String text = Files.readString(CONF.resolve(file));
        Matcher samples = SAMPLE.matcher(text);
        int count = 0;
        while (samples.find()) {
            count++;
            String uncommented = text.substring(0, samples.start()) + samples.group(1) + text.substring(samples.end());
            assertThat(parse(uncommented).getElementsByTagName("*").getLength()).as(samples.group(1))
                .isGreaterThan(parse(text).getElementsByTagName("*").getLength());
        }
        assertThat(count).isPositive();
    }

    @Test
    void checksForSpamShouldComeBeforeTheLinesOfMailveil() throws Exception {
        String text = Files.readString(CONF.resolve("mailetcontainer.xml"));

        assertThat(text.indexOf("RspamdScanner")).isPositive().isLessThan(text.indexOf("RecipientIsReturnPath"));
        assertThat(text.indexOf("ClamAVScan")).isPositive().isLessThan(text.indexOf("RecipientIsReturnPath"));
        assertThat(text.indexOf("DKIMSign")).isGreaterThan(text.lastIndexOf("SenderWouldShow"))
            .isLessThan(text.indexOf("class=\"RemoteDelivery\""));
    }

    /** The extensions for rspamd and ClamAV are to be built from James's source. */
    @Test
    void everyMailetAndMatcherShouldBeOneOfJames() throws Exception {
        String text = Files.readString(CONF.resolve("mailetcontainer.xml"));
        Set<String> classes = new TreeSet<>();
        for (Matcher matcher = Pattern.compile("match=\"([^\"=]+)").matcher(text); matcher.find();) {
            classes.add(matcher.group(1).contains(".") ? matcher.group(1) : "org.apache.james.transport.matchers." + matcher.group(1));
        }
        for (Matcher matcher = Pattern.compile("class=\"([^\"]+)").matcher(text); matcher.find();) {
            classes.add(matcher.group(1).contains(".") ? matcher.group(1) : "org.apache.james.transport.mailets." + matcher.group(1));
        }
        for (Matcher matcher = Pattern.compile("<matcher name=\"([^\"]+)").matcher(text); matcher.find();) {
            classes.remove("org.apache.james.transport.matchers." + matcher.group(1));
        }
        classes.removeIf(name -> name.startsWith("io.mailveil.james."));

        assertThat(classes).hasSizeGreaterThan(20);
        assertThat(classes.stream().filter(name -> !exists(name)))
            .containsExactly("org.apache.james.clamav.ClamAVScan", "org.apache.james.rspamd.RspamdScanner");
    }

    private static boolean exists(String name) {
        try {
            Class.forName(name, false, SampleConfigurationTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
