package io.mailveil.server;

import java.nio.file.Path;

import org.apache.james.GuiceJamesServer;
import org.apache.james.server.core.configuration.Configuration;

/** The server assembly without what needs Java 17: the demo, the command line, the checks before the start. */
public final class StandIn {
    private StandIn() {
    }

    public static GuiceJamesServer server(Path folder) {
        Configuration configuration = Configuration.builder().workingDirectory(folder.toFile()).build();
        return GuiceJamesServer.forConfiguration(configuration).combineWith(JamesModules.all(configuration));
    }
}
