package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/**
 * {@code docker/compose.yml} beside what it speaks of: documentation, image and configuration. Whether an engine takes it is tried by
 * nobody here.
 */
class ComposeTest {
    private static final Path DOCKER = Path.of("..", "docker");
    private static final Path DOCUMENTATION = Path.of("..", "docs", "docker.md");
    private static final Path CONF = Path.of("src", "main", "conf");

    private static Set<String> find(String pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find();) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String docker(String file) throws IOException {
        return Files.readString(DOCKER.resolve(file));
    }

    /** In the table, {@code _PASSWORD} beside {@code MAILVEIL_DATABASE_URL} means {@code MAILVEIL_DATABASE_PASSWORD}. */
    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(DOCUMENTATION)) {
            String cell = line.startsWith("| `") ? line.split("\\|")[1] : "";
            find("`([A-Z][A-Z_]+)`", cell).forEach(name -> {
                names.add(name);
                find("`(_[A-Z]+)`", cell).forEach(end -> names.add(name.substring(0, name.lastIndexOf('_')) + end));
            });
        }
        return names;
    }

    @Test
    void everyVariableShouldBeExplainedAndEveryOneThatIsExplainedBeRead() throws IOException {
        String configuration = docker("entrypoint.sh") + docker("compose.yml");
        try (Stream<Path> files = Stream.concat(Files.list(CONF), Files.list(DOCKER.resolve("conf")))) {
            for (Path file : files.collect(Collectors.toList())) {
                configuration += Files.readString(file);
            }
        }

        assertThat(documented()).hasSizeGreaterThan(15)
            .containsAll(find("\\$\\{([A-Z_]+)", docker("compose.yml")))
            .containsAll(find("(?m)^#?([A-Z_]+)=", docker("env.example")));
        assertThat(find("\\b(MAILVEIL_[A-Z_]+|JAMES_IMAGE)\\b", configuration)).containsAll(documented());
    }

    @Test
    void portsShouldBeThoseOfTheImageAndTheConfiguration() throws IOException {
        Set<String> image = new TreeSet<>(Arrays.asList(find("(?m)^EXPOSE ([0-9 ]+)$", docker("Dockerfile")).iterator().next().split(" ")));
        String doors = "";
        for (String file : new String[] {"smtpserver.xml", "imapserver.xml", "webadmin.properties"}) {
            doors += Files.readString(CONF.resolve(file));
        }
        String james = docker("compose.yml").split("\n {2}postgres:")[0];

        assertThat(find("\"(?:[0-9.]+:)?[0-9]+:([0-9]+)\"", james)).isEqualTo(image);
        assertThat(find("(?:<bind>[0-9.]+:|(?m)^port=)([0-9]+)", doors)).isEqualTo(image);
    }

    @Test
    void whatIsMountedShouldBeThereAndEveryVolumeHaveAName() throws IOException {
        String compose = docker("compose.yml");

        assertThat(find("(?m)^ +- \\./([^:]+):", compose)).isNotEmpty().allSatisfy(file -> assertThat(DOCKER.resolve(file)).exists());
        assertThat(find("(?m)^ +- \\$\\{MAILVEIL_DISTRIBUTION:-\\.\\.}/([^:]+):", compose)).isNotEmpty()
            .allSatisfy(file -> assertThat(DOCKER.resolveSibling(file)).exists());
        assertThat(find("(?m)^ +- ([a-z]+):/", compose)).isEqualTo(find("(?m)^ {2}([a-z]+):$", compose.split("\nvolumes:\n")[1]));
    }
}
