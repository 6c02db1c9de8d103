package io.mailveil.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A working directory with the demo's configuration on free ports. */
final class TestFolder {
    private TestFolder() {
    }

    static void fill(Path folder) throws IOException {
        Path conf = Files.createDirectories(folder.resolve("conf"));
        for (String source : List.of("src/main/conf", "src/main/demo")) {
            for (Path file : files(Path.of(source))) {
                Files.writeString(conf.resolve(file.getFileName()), Files.readString(file));
            }
        }
        for (String port : List.of("2525", "2587")) {
            replace(conf.resolve("smtpserver.xml"), "127.0.0.1:" + port, "127.0.0.1:0");
        }
        replace(conf.resolve("imapserver.xml"), "127.0.0.1:2143", "127.0.0.1:0");
        replace(conf.resolve("webadmin.properties"), "port=8000", "port=0");
    }

    /** Takes out everything that is in the extension, which this module's tests do not have: plain James remains. */
    static void withoutExtension(Path folder) throws IOException {
        Path conf = folder.resolve("conf");
        String ours = "class=\"io\\.mailveil\\.[^\"]*\"";
        replaceAll(conf.resolve("mailetcontainer.xml"),
            "(?s)<mailet match=\"io\\.mailveil\\.[^\"]*\" class=\"ToProcessor\">.*?</mailet>", "");
        replaceAll(conf.resolve("mailetcontainer.xml"), "<mailet match=\"[^\"]*\" " + ours + "/>", "");
        replaceAll(conf.resolve("smtpserver.xml"), "<handler " + ours + "/>", "");
        replaceAll(conf.resolve("smtpserver.xml"), "(?s)<handler " + ours + ">.*?</handler>", "");
        replaceAll(conf.resolve("webadmin.properties"), "io\\.mailveil\\.[^,]*,", "");
        replaceAll(conf.resolve("healthcheck.properties"), "additional\\.healthchecks=.*", "");
        Files.writeString(conf.resolve("extensions.properties"), "");
    }

    static void replace(Path file, String text, String replacement) throws IOException {
        Files.writeString(file, Files.readString(file).replace(text, replacement));
    }

    private static void replaceAll(Path file, String pattern, String replacement) throws IOException {
        Files.writeString(file, Files.readString(file).replaceAll(pattern, replacement));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toList());
        }
    }
}
