package io.mailveil.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    Path folder;

    @Test
    void claimShouldRefuseAFolderWithSomebodyElsesFiles() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "years of work");

        assertThatThrownBy(() -> new StateFolder(folder).claim())
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("is not a state folder of Mailveil");
    }

    @Test
    void emptyShouldDeleteNothingInAFolderWithoutTheMark() throws IOException {
        Files.createDirectories(folder.resolve("var"));
        Files.writeString(folder.resolve("var/thesis.txt"), "years of work");

        assertThatThrownBy(() -> new StateFolder(folder).empty()).isInstanceOf(StartProblem.class);
        assertThat(folder.resolve("var/thesis.txt")).exists();
    }

    @Test
    void emptyShouldDeleteTheStateAndNothingElse() throws IOException {
        StateFolder state = new StateFolder(folder.resolve("state"));
        state.claim();
        Files.createDirectories(state.path().resolve("var/store/derby"));
        Files.writeString(state.path().resolve("var/store/derby/service.properties"), "");
        Files.writeString(state.path().resolve("notes.txt"), "somebody's");

        state.empty();

        assertThat(state.path().resolve("var")).doesNotExist();
        assertThat(state.path().resolve("notes.txt")).exists();
        new StateFolder(state.path()).claim();
    }

    @Test
    void claimShouldSayWhatToDoWhenThereCanBeNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> new StateFolder(file.resolve("state")).claim())
            .isInstanceOf(StartProblem.class)
            .hasMessageContaining("Cannot write to the folder " + file.resolve("state"))
            .hasMessageContaining("name another folder");
    }
}
