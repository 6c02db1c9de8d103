package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;

import org.apache.commons.configuration2.ex.ConfigurationException;
import org.junit.jupiter.api.Test;

import com.google.inject.Guice;
import com.google.inject.Provides;

class StartFailureTest {
    private static final Path LOGS = Path.of("/srv/logs");

    static class SettingsException extends ConfigurationException {
        SettingsException(String message) {
            super(message);
        }
    }

    static class Broken extends com.google.inject.AbstractModule {
        @Provides
        String setting() throws ConfigurationException {
            throw new SettingsException("signature=maybe: must be strip, pass or refuse");
        }
    }

    @Test
    void explainShouldGiveTheExtensionsMessageOnly() {
        Throwable failure = catchThrowable(() -> Guice.createInjector(new Broken()).getInstance(String.class));

        assertThat(StartFailure.explain(new RuntimeException(failure), LOGS))
            .isEqualTo("signature=maybe: must be strip, pass or refuse");
    }

    @Test
    void explainShouldAddTheCauseToAMessageOfJames() {
        Throwable failure = new ConfigurationException("Unable to init mailet X", new IllegalStateException("repositoryPath is missing"));

        assertThat(StartFailure.explain(failure, LOGS)).isEqualTo("Unable to init mailet X: repositoryPath is missing");
    }

    @Test
    void explainShouldNameTheLogForWhatItDoesNotKnow() {
        assertThat(StartFailure.explain(new IllegalStateException("odd"), LOGS)).contains("odd").contains("/srv/logs/james.log");
        assertThat(StartFailure.isConfiguration(new IllegalStateException("odd"))).isFalse();
    }

    @Test
    void explainShouldFitOnOneLine() {
        assertThat(StartFailure.explain(new ConfigurationException("one\n  two"), LOGS)).isEqualTo("one two");
    }
}
