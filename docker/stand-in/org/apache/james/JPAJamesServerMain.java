package org.apache.james;

import java.nio.file.Path;

import io.mailveil.server.StandIn;

/** Has the name of the main class of the official image, whose own glue is not published, and starts our assembly of the same parts. */
public final class JPAJamesServerMain {
    private JPAJamesServerMain() {
    }

    public static void main(String[] arguments) throws Exception {
        ExtraProperties.initialize();
        JamesServerMain.main(StandIn.server(Path.of(System.getProperty("working.directory"))));
    }
}
