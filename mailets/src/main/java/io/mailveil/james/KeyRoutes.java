package io.mailveil.james;

import javax.inject.Inject;

import org.apache.james.task.Task;
import org.apache.james.task.TaskManager;
import org.apache.james.webadmin.tasks.TaskFromRequest;
import org.apache.james.webadmin.utils.JsonTransformer;

import io.mailveil.store.AuditAction;
import spark.Request;
import spark.Service;

/** {@code /mailveil/keys}: renews the at-rest key ({@link KeyRotation}). */
final class KeyRoutes {
    private static final String ROTATE = "/mailveil/keys/rotate";

    private final KeyRotation rotation;
    private final TaskManager tasks;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    KeyRoutes(KeyRotation rotation, TaskManager tasks, AdministratorLog log, JsonTransformer json) {
        this.rotation = rotation;
        this.tasks = tasks;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        TaskFromRequest rotate = this::rotate;
        service.post(ROTATE, rotate.asRoute(tasks), json);
    }

    private Task rotate(Request request) {
        KeyRotation.Step step = JsonBody.of(request, "step").text("step").map(text -> KeyRotation.Step.of(text)
            .orElseThrow(() -> JsonBody.badRequest("'step' has to be one of " + KeyRotation.Step.all()))).orElse(KeyRotation.Step.ALL);
        log.note(request, AuditAction.KEYS_ROTATE, "", step.text());
        return new KeyRotationTask(rotation, step);
    }
}
