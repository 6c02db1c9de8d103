package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The one jar that users drop into James: it must not bring anything that James has, and it must run where James 3.8 runs. */
class ExtensionJarIT {
    private static final int JAVA_11 = 55;

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("mailveil.distribution")).resolve("extensions-jars"))) {
            List<Path> jars = files.collect(Collectors.toList());
            assertThat(jars).hasSize(1);
            return jars.get(0);
        }
    }

    private static List<JarEntry> classes(JarFile jar) {
        return jar.stream().filter(entry -> entry.getName().endsWith(".class")).toList();
    }

    @Test
    void everythingInItShouldHaveAPlaceOfItsOwn() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName))
                .allMatch(name -> name.startsWith("io/mailveil/") || name.startsWith("META-INF/"));
        }
    }

    @Test
    void itShouldRunOnTheJavaOfTheOfficialImages() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(classes(jar)).hasSizeGreaterThan(100);
            for (JarEntry entry : classes(jar)) {
                try (InputStream in = jar.getInputStream(entry)) {
                    DataInputStream data = new DataInputStream(in);
                    assertThat(data.readInt()).isEqualTo(0xCAFEBABE);
                    data.readUnsignedShort();
                    assertThat(data.readUnsignedShort()).as(entry.getName()).isLessThanOrEqualTo(JAVA_11);
                }
            }
        }
    }

    @Test
    void nothingOfItShouldBeOnTheClassPathOfTheServer() throws IOException {
        try (Stream<Path> libraries = Files.list(Path.of(System.getProperty("mailveil.distribution")).resolve("lib"))) {
            assertThat(libraries.map(file -> file.getFileName().toString()))
                .noneMatch(name -> name.startsWith("mailveil-mailets") || name.startsWith("tink") || name.startsWith("HikariCP")
                    || name.startsWith("flyway"));
        }
    }
}
