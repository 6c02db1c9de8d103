package io.mailveil.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Fills a folder with what the demo world runs on: the sample configuration with the demo's files laid over it, and the extension.
 * Tests use it too, to get a complete folder for a server of their own.
 *
 * <p>A configuration file that somebody has changed in the folder is left alone; the others follow the distribution.
 */
public final class DemoFolder {
    private static final String SHIPPED = ".shipped.properties";

    private DemoFolder() {
    }

    /**
     * Copies the configuration and the extension.
     *
     * @param distribution the unpacked distribution: {@code conf/}, {@code demo/}, {@code extensions-jars/}
     * @param folder the working directory of the server to be
     */
    public static void prepare(Path distribution, Path folder) throws IOException {
        TreeMap<String, Path> files = new TreeMap<>();
        addFiles(distribution.resolve("conf"), files);
        addFiles(distribution.resolve("demo"), files);

        Path conf = Files.createDirectories(folder.resolve("conf"));
        Properties shipped = read(conf.resolve(SHIPPED));
        for (String name : files.keySet()) {
            Path target = conf.resolve(name);
            if (!Files.exists(target) || hash(target).equals(shipped.getProperty(name))) {
                Files.copy(files.get(name), target, StandardCopyOption.REPLACE_EXISTING);
                shipped.setProperty(name, hash(target));
            }
        }
        write(shipped, conf.resolve(SHIPPED));

        Path extensions = Files.createDirectories(folder.resolve("extensions-jars"));
        deleteJars(extensions);
        TreeMap<String, Path> jars = new TreeMap<>();
        addFiles(distribution.resolve("extensions-jars"), jars);
        for (String name : jars.keySet()) {
            Files.copy(jars.get(name), extensions.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void addFiles(Path folder, TreeMap<String, Path> files) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            found.filter(Files::isRegularFile).forEach(file -> files.put(file.getFileName().toString(), file));
        }
    }

    /** Two versions of the extension side by side would be loaded both. */
    private static void deleteJars(Path extensions) throws IOException {
        try (Stream<Path> found = Files.list(extensions)) {
            found.filter(file -> file.getFileName().toString().matches("mailveil-mailets-.*\\.jar")).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                properties.load(in);
            }
        }
        return properties;
    }

    private static void write(Properties properties, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            properties.store(out, "What the files in this folder looked like when they were put here. Changed ones are not replaced.");
        }
    }

    private static String hash(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
