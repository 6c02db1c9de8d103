package io.mailveil.james;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.apache.james.json.DTOModule;
import org.apache.james.server.task.json.dto.AdditionalInformationDTO;
import org.apache.james.server.task.json.dto.AdditionalInformationDTOModule;
import org.apache.james.server.task.json.dto.TaskDTO;
import org.apache.james.server.task.json.dto.TaskDTOModule;
import org.apache.james.task.Task;
import org.apache.james.task.TaskExecutionDetails;
import org.apache.james.task.TaskType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;

/** {@link KeyRotation} as a task of James: {@code /tasks/{id}} shows how far it is, DELETE stops it after the page it is at. */
final class KeyRotationTask implements Task {
    static final TaskType TYPE = TaskType.of("mailveil-key-rotation");

    private final KeyRotation rotation;
    private final KeyRotation.Step step;
    private volatile long total;
    private volatile long looked;
    private volatile long resealed;
    private volatile boolean stopped;

    KeyRotationTask(KeyRotation rotation, KeyRotation.Step step) {
        this.rotation = rotation;
        this.step = step;
    }

    /** James stops a task by interrupting its thread, upon which Derby drops the connection: so the work has a thread of its own. */
    @Override
    public Result run() throws InterruptedException {
        FutureTask<Void> work = new FutureTask<>(this::work);
        Thread thread = new Thread(work, TYPE.asString());
        thread.setDaemon(true);
        thread.start();
        try {
            work.get();
            return Result.COMPLETED;
        } catch (InterruptedException e) {
            stopped = true;
            Uninterruptibles.joinUninterruptibly(thread);
            throw e;
        } catch (ExecutionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw new IllegalStateException(e.getCause());
        }
    }

    private Void work() throws InterruptedException {
        total = rotation.count();
        rotation.run(step, (rows, changed) -> {
            looked += rows;
            resealed += changed;
            if (stopped) {
                throw new InterruptedException();
            }
        });
        return null;
    }

    @Override
    public TaskType type() {
        return TYPE;
    }

    @Override
    public Optional<TaskExecutionDetails.AdditionalInformation> details() {
        return Optional.of(new Information(step.text(), total, looked, resealed, Clock.systemUTC().instant()));
    }

    /** How far it has come: entries there were at the beginning, looked at, and sealed again. */
    static final class Information implements TaskExecutionDetails.AdditionalInformation {
        private final String step;
        private final long total;
        private final long looked;
        private final long resealed;
        private final Instant timestamp;

        private Information(String step, long total, long looked, long resealed, Instant timestamp) {
            this.step = step;
            this.total = total;
            this.looked = looked;
            this.resealed = resealed;
            this.timestamp = timestamp;
        }

        @Override
        public Instant timestamp() {
            return timestamp;
        }
    }

    /** {@link Information} in JSON. */
    static final class InformationDto implements AdditionalInformationDTO {
        private final String type;
        private final Information information;

        private InformationDto(Information information, String type) {
            this.type = type;
            this.information = information;
        }

        /** From JSON. */
        InformationDto(@JsonProperty("type") String type, @JsonProperty("step") String step, @JsonProperty("total") long total,
                @JsonProperty("looked") long looked, @JsonProperty("resealed") long resealed,
                @JsonProperty("timestamp") Instant timestamp) {
            this(new Information(step, total, looked, resealed, timestamp), type);
        }

        static AdditionalInformationDTOModule<Information, InformationDto> module() {
            return DTOModule.forDomainObject(Information.class)
                .convertToDTO(InformationDto.class)
                .toDomainObjectConverter(dto -> dto.information)
                .toDTOConverter(InformationDto::new)
                .typeName(TYPE.asString())
                .withFactory(AdditionalInformationDTOModule::new);
        }

        @Override
        public String getType() {
            return type;
        }

        @Override
        public Instant getTimestamp() {
            return information.timestamp;
        }

        /** Which step. */
        public String getStep() {
            return information.step;
        }

        /** Entries at the beginning. */
        public long getTotal() {
            return information.total;
        }

        /** Entries looked at. */
        public long getLooked() {
            return information.looked;
        }

        /** Entries sealed again. */
        public long getResealed() {
            return information.resealed;
        }
    }

    /** The task in JSON, for a queue of tasks that several nodes share. */
    static final class Dto implements TaskDTO {
        private final String type;
        private final String step;

        /** From JSON. */
        Dto(@JsonProperty("type") String type, @JsonProperty("step") String step) {
            this.type = type;
            this.step = step;
        }

        static TaskDTOModule<KeyRotationTask, Dto> module(javax.inject.Provider<KeyRotation> rotation) {
            return DTOModule.forDomainObject(KeyRotationTask.class)
                .convertToDTO(Dto.class)
                .toDomainObjectConverter(dto -> new KeyRotationTask(rotation.get(), KeyRotation.Step.of(dto.step).orElseThrow()))
                .toDTOConverter((task, type) -> new Dto(type, task.step.text()))
                .typeName(TYPE.asString())
                .withFactory(TaskDTOModule::new);
        }

        @Override
        public String getType() {
            return type;
        }

        /** Which step. */
        public String getStep() {
            return step;
        }
    }
}
