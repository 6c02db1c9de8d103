package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.server.core.configuration.FileConfigurationProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChainCheckTest {
    private static final Path SAMPLE = Path.of("..", "james-conf", "src", "main", "conf", "mailetcontainer.xml");
    private static final String FIRST = "<mailet match=\"All\" class=\"PostmasterAlias\"/>";

    private static String sample() throws IOException {
        return Files.readString(SAMPLE);
    }

    private static List<String> problems(String xml) throws ConfigurationException {
        return ChainCheck.problems(FileConfigurationProvider.getConfig(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))));
    }

    private static String replace(String text, String part, String other) {
        assertThat(text).contains(part);
        return text.replace(part, other);
    }

    @Test
    void sampleShouldBeRight() throws Exception {
        assertThat(problems(sample())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<mailet match=\"All\" class=\"ToProcessor\"><processor>transport</processor></mailet>",
        "<mailet match=\"SMTPAuthSuccessful\" class=\"ToProcessor\"><processor>transport</processor></mailet>",
        "<mailet match=\"All\" class=\"RecipientRewriteTable\"/>",
        "<mailet match=\"All\" class=\"org.apache.james.transport.mailets.RecipientRewriteTable\"/>",
        "<mailet match=\"RecipientIsLocal\" class=\"LocalDelivery\"/>",
        "<mailet match=\"HostIsLocal\" class=\"ToProcessor\"><processor>relay</processor></mailet>",
        "<mailet match=\"RecipientIs=info@company.test\" class=\"Forward\"><forwardTo>a@b.test</forwardTo></mailet>"
    })
    void plainForwardingBeforeOursShouldBeTold(String line) throws Exception {
        assertThat(problems(replace(sample(), FIRST, FIRST + line))).singleElement().asString().contains("as it is");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<mailet match=\"All\" class=\"SetMimeHeader\"><name>X-Test</name><value>1</value></mailet>",
        "<mailet match=\"HasMailAttribute=virus\" class=\"ToProcessor\"><processor>refused</processor></mailet>",
        "<mailet match=\"HasMailAttribute=virus\" class=\"ToProcessor\"><processor>error</processor></mailet>",
        "<mailet match=\"SenderIs=x@y.test\" class=\"Null\"/>"
    })
    void otherMailetsBeforeOursShouldBeLetBe(String line) throws Exception {
        assertThat(problems(replace(sample(), FIRST, FIRST + line))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "RecipientIsReturnPath, RecipientIsReturnPath",
        "RecipientIsPhantom, RecipientIsPhantom",
        "RecipientIsPublicAddress, RecipientIsPublicAddress",
        "RecipientIsInside, RecipientIsInside",
        "SenderClaimsInside, SenderClaimsInside",
        "SenderWouldShow, SenderWouldShow"
    })
    void missingMatcherShouldBeTold(String matcher, String told) throws Exception {
        String xml = replace(sample(), "match=\"io.mailveil.james." + matcher + "\"", "match=\"SenderIs=nobody@nowhere.test\"");

        assertThat(problems(xml)).anySatisfy(problem -> assertThat(problem).contains(told));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AnonymizeSender", "RouteReply", "SendAsPublicAddress", "ReturnBounce"})
    void missingMailetShouldBeTold(String mailet) throws Exception {
        String xml = replace(sample(), "<mailet match=\"All\" class=\"io.mailveil.james." + mailet + "\"/>", "");

        assertThat(problems(xml)).singleElement().asString().contains("no io.mailveil.james." + mailet);
    }

    @Test
    void wrongOrderShouldBeTold() throws Exception {
        String xml = replace(replace(replace(sample(), "RecipientIsPhantom", "X"), "RecipientIsPublicAddress", "RecipientIsPhantom"),
            "james.X\"", "james.RecipientIsPublicAddress\"");

        assertThat(problems(xml)).isNotEmpty();
    }

    @Test
    void deliveryBeforeTheMailetOfAProcessorShouldBeTold() throws Exception {
        String mailet = "<mailet match=\"All\" class=\"io.mailveil.james.AnonymizeSender\"/>";

        assertThat(problems(replace(sample(), mailet, "<mailet match=\"All\" class=\"RecipientRewriteTable\"/>" + mailet)))
            .singleElement().asString().contains("anonymize").contains("RecipientRewriteTable");
    }

    @Test
    void chainOfAPlainJamesShouldBeToldInEveryPoint() throws Exception {
        String xml = "<mailetcontainer><processors><processor state=\"root\"><mailet match=\"All\" class=\"ToProcessor\">"
            + "<processor>transport</processor></mailet></processor><processor state=\"transport\">"
            + "<mailet match=\"All\" class=\"RemoteDelivery\"/></processor></processors></mailetcontainer>";

        assertThat(problems(xml)).hasSize(8);
    }
}
