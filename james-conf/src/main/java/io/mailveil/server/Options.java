package io.mailveil.server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;

/** The command line. */
final class Options {
    static final String USAGE = """
        usage: mailveil [--home <folder>]
                 serves the configuration in <folder>/conf; default: the folder that this distribution was unpacked to
               mailveil --demo [--home <folder>] [--fresh]
                 starts the demo world on loopback; its state is kept in <folder>; default: ./mailveil-state
                 --fresh forgets the state of the demo world first
               mailveil check [--home <folder>]
                 asks the server that runs in <folder> to look itself over; exit status 1 if something does not work
                 (MAILVEIL_TOKEN in the environment, if WebAdmin asks for one)
               mailveil dkim-key --domain <domain> [--selector <name>] [--home <folder>]
                 makes a key to sign outgoing mail with, and says what to do with it; default selector: s1
        """;

    /** What is to be done. */
    enum Command { SERVE, CHECK, DKIM_KEY }

    final boolean help;
    final boolean demo;
    final boolean fresh;
    /** Ends with the process that started it: Maven does not pass on the signal that ends it. */
    final boolean attached;
    final Path home;
    final Command command;
    /** Of {@link Command#DKIM_KEY}. */
    final String domain;
    final String selector;

    private Options(Command command, boolean help, boolean demo, boolean fresh, boolean attached, Path home, String domain,
            String selector) {
        this.command = command;
        this.domain = domain;
        this.selector = selector;
        this.help = help;
        this.demo = demo;
        this.fresh = fresh;
        this.attached = attached;
        this.home = home;
    }

    static Options parse(Path distribution, String... arguments) {
        boolean help = false;
        boolean demo = false;
        boolean fresh = false;
        boolean attached = false;
        Path home = null;
        Command command = Command.SERVE;
        String domain = null;
        String selector = null;
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext();) {
            String argument = rest.next();
            switch (argument) {
                case "--help":
                case "-h":
                    help = true;
                    break;
                case "--demo":
                    demo = true;
                    break;
                case "--fresh":
                    fresh = true;
                    break;
                // as Maven hands it over: -Dmailveil.fresh alone is "true"
                case "--fresh=true":
                case "--fresh=":
                    fresh = true;
                    break;
                case "--fresh=false":
                    break;
                case "--attached":
                    attached = true;
                    break;
                case "--home":
                    home = folder(rest);
                    break;
                case "check":
                    command = Command.CHECK;
                    break;
                case "dkim-key":
                    command = Command.DKIM_KEY;
                    break;
                case "--domain":
                    domain = value(argument, rest);
                    break;
                case "--selector":
                    selector = value(argument, rest);
                    break;
                default:
                    throw new StartProblem("Unknown option " + argument + ". mailveil --help lists the options.");
            }
        }
        if (fresh && !demo) {
            throw new StartProblem("--fresh is for the demo world only: this would delete mail. mailveil --help lists the options.");
        }
        if (command != Command.SERVE && demo) {
            throw new StartProblem("--demo starts a server and is not for this command. --home mailveil-state names that of the demo.");
        }
        if (command == Command.DKIM_KEY && domain == null && !help) {
            throw new StartProblem("dkim-key needs --domain <domain>. mailveil --help lists the options.");
        }
        if (command != Command.DKIM_KEY && (domain != null || selector != null)) {
            throw new StartProblem("--domain and --selector are for dkim-key. mailveil --help lists the options.");
        }
        return new Options(command, help, demo, fresh, attached, home != null ? home : demo ? Path.of("mailveil-state") : distribution,
            domain, selector == null ? "s1" : selector);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new StartProblem(option + " needs a value. mailveil --help lists the options.");
        }
        return rest.next();
    }

    private static Path folder(Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new StartProblem("--home needs a folder. mailveil --help lists the options.");
        }
        String folder = rest.next();
        try {
            return Path.of(folder);
        } catch (InvalidPathException e) {
            throw new StartProblem("--home " + folder + ": this is not the name of a folder.", e);
        }
    }
}
