package io.mailveil.james;

import java.util.Set;

import javax.inject.Inject;
import javax.inject.Provider;

import org.apache.james.server.task.json.TaskExtensionModule;
import org.apache.james.server.task.json.dto.AdditionalInformationDTO;
import org.apache.james.server.task.json.dto.AdditionalInformationDTOModule;
import org.apache.james.server.task.json.dto.TaskDTO;
import org.apache.james.server.task.json.dto.TaskDTOModule;
import org.apache.james.task.Task;
import org.apache.james.task.TaskExecutionDetails;

/** Tells James how our tasks look in JSON. {@code extensions.properties}: {@code guice.extension.task}. */
public final class MailveilTasks implements TaskExtensionModule {
    private final Provider<KeyRotation> rotation;

    @Inject
    MailveilTasks(Provider<KeyRotation> rotation) {
        this.rotation = rotation;
    }

    @Override
    public Set<TaskDTOModule<? extends Task, ? extends TaskDTO>> taskDTOModules() {
        return Set.of(KeyRotationTask.Dto.module(rotation));
    }

    @Override
    public Set<AdditionalInformationDTOModule<? extends TaskExecutionDetails.AdditionalInformation, ? extends AdditionalInformationDTO>>
            taskAdditionalInformationDTOModules() {
        return Set.of(KeyRotationTask.InformationDto.module());
    }
}
