package io.mailveil.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.james.ExtraProperties;
import org.apache.james.GuiceJamesServer;
import org.apache.james.modules.server.JMXServerModule;
import org.apache.james.server.core.configuration.Configuration;
import org.slf4j.LoggerFactory;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;

/**
 * James with Mailveil, as a program in the foreground. What goes wrong at start is said in one line on the standard error, and the exit
 * status is {@value #BAD_CONFIGURATION} if the configuration or the surroundings are to blame.
 *
 * <p>Tests that want a server inside their own process take {@link #createServer}.
 */
public final class MailveilServer {
    /** sysexits.h: EX_CONFIG. */
    private static final int BAD_CONFIGURATION = 78;
    private static final int FAILURE = 1;
    private static final String DISTRIBUTION = "mailveil.distribution";
    private static final String EXIT_ON_STARTUP_ERROR = "james.exit.on.startup.error";

    /** For as long as the process lives. */
    private static StateFolder inUse;

    private MailveilServer() {
    }

    /**
     * A server that is not started yet. Several can be started one after the other in one process, but not at the same time: the
     * sample configuration finds its folder by the system property {@code working.directory}, which this sets.
     *
     * @param workingDirectory the folder with {@code conf/} and {@code extensions-jars/}; state goes to {@code var/} in it
     */
    public static GuiceJamesServer createServer(Path workingDirectory) {
        Path folder = workingDirectory.toAbsolutePath().normalize();
        setUp(folder);
        Configuration configuration = Configuration.builder().workingDirectory(folder.toFile()).build();
        return GuiceJamesServer.forConfiguration(configuration)
            .combineWith(JamesModules.all(configuration));
    }

    /** See {@code mailveil --help}. */
    public static void main(String[] arguments) {
        System.setProperty(EXIT_ON_STARTUP_ERROR, "false");
        Path logs = Path.of("logs");
        try {
            Path distribution = Path.of(System.getProperty(DISTRIBUTION, "."));
            Options options = Options.parse(distribution, arguments);
            if (options.help) {
                System.out.print(Options.USAGE);
                return;
            }
            if (options.command == Options.Command.CHECK) {
                System.exit(CheckCommand.run(options.home, System.getenv().getOrDefault("MAILVEIL_TOKEN", ""), System.out));
            }
            if (options.command == Options.Command.DKIM_KEY) {
                DkimKey.make(options.home, options.domain, options.selector, System.out);
                return;
            }
            StateFolder state = new StateFolder(options.home);
            logs = state.path().resolve("logs");
            run(options, distribution, state);
        } catch (Throwable e) {
            fail(e, logs);
        }
    }

    private static void run(Options options, Path distribution, StateFolder state) throws Exception {
        if (options.demo) {
            state.claim();
        }
        state.lock();
        inUse = state;
        if (options.fresh) {
            state.empty();
        }
        if (options.demo) {
            prepareDemo(distribution, state);
        }
        // before anything logs: logback reads these once
        System.setProperty(Configuration.WORKING_DIRECTORY, state.path().toString());
        System.setProperty("logback.configurationFile", state.path().resolve("conf").resolve("logback.xml").toString());

        Preflight preflight = new Preflight(state.path());
        preflight.check();
        System.setProperty(ExtraProperties.OVERRIDE_PROPERTY, state.path().resolve("conf").resolve("jvm.properties").toString());
        ExtraProperties.initialize();
        keepStackTracesInTheFile();

        GuiceJamesServer server = createServer(state.path()).combineWith(new JMXServerModule());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        if (options.attached) {
            ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
        }
        server.start();
        if (options.demo) {
            new DemoWorld(state.path(), preflight.webAdmin().orElseThrow()).make();
            System.out.println();
            System.out.print(DemoGuide.text(preflight, state.path()));
        } else {
            System.out.println("Mailveil is ready");
        }
        System.out.flush();
    }

    private static void prepareDemo(Path distribution, StateFolder state) {
        try {
            DemoFolder.prepare(distribution, state.path());
        } catch (IOException e) {
            throw new StartProblem("Cannot copy the configuration of the demo from " + distribution.toAbsolutePath().normalize() + " to "
                + state.path() + ": " + e, e);
        }
    }

    private static void setUp(Path folder) {
        System.setProperty(Configuration.WORKING_DIRECTORY, folder.toString());
        // read once, when the Derby engine starts; without it, derby.log lies wherever the process was started
        if (System.getProperty("derby.stream.error.file") == null && Files.isWritable(folder)) {
            System.setProperty("derby.stream.error.file", folder.resolve("logs").resolve("derby.log").toString());
        }
        folder.resolve("logs").toFile().mkdirs();
        folder.resolve("var").toFile().mkdirs();
    }

    private static void stop(GuiceJamesServer server) {
        // threads that wait for the queues complain when these close; whoever wants to know finds it in the file
        root().detachAppender("CONSOLE");
        boolean served = server.isStarted();
        try {
            server.stop();
            if (served) {
                System.out.println("Mailveil has stopped");
            }
        } catch (RuntimeException e) {
            System.err.println("Mailveil has not stopped cleanly: " + e);
        }
    }

    private static void fail(Throwable failure, Path logs) {
        System.out.flush();
        System.err.println(StartFailure.explain(failure, logs));
        System.exit(StartFailure.isConfiguration(failure) ? BAD_CONFIGURATION : FAILURE);
    }

    /** James logs a failed start with all its causes; the console gets our one line instead. */
    private static void keepStackTracesInTheFile() {
        Appender<ILoggingEvent> file = root().getAppender("FILE");
        if (file != null) {
            Logger logger = root().getLoggerContext().getLogger(GuiceJamesServer.class);
            logger.setAdditive(false);
            logger.addAppender(file);
        }
    }

    private static Logger root() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
