package io.mailveil.server;

import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.commons.configuration2.ex.ConfigurationException;

import com.google.inject.CreationException;
import com.google.inject.ProvisionException;
import com.google.inject.spi.Message;

/** Finds, in the exceptions that a failed start ends with, the one line that helps. */
final class StartFailure {
    private StartFailure() {
    }

    static boolean isConfiguration(Throwable failure) {
        return line(failure).isPresent();
    }

    static String explain(Throwable failure, Path logs) {
        return line(failure).orElseGet(() -> "Mailveil could not start: " + lastOf(causes(failure)) + ". The whole story is in "
            + logs.resolve("james.log"));
    }

    /** Ours and the extension's messages are written for the person who has to put it right; James's own need their cause beside them. */
    private static Optional<String> line(Throwable failure) {
        Set<Throwable> causes = causes(failure);
        return Stream.of(
                causes.stream().filter(StartProblem.class::isInstance).map(Throwable::getMessage),
                causes.stream().filter(ConfigurationException.class::isInstance).filter(e -> !isPlain(e)).map(Throwable::getMessage),
                causes.stream().filter(StartFailure::isPlain).map(StartFailure::withCause),
                causes.stream().filter(BindException.class::isInstance)
                    .map(e -> "A port was taken while the server started (" + e.getMessage() + "). Stop the program that uses it."))
            .flatMap(lines -> lines)
            .filter(message -> message != null && !message.isBlank())
            .map(message -> message.trim().replaceAll("\\s*\\R\\s*", " "))
            .findFirst();
    }

    private static boolean isPlain(Throwable failure) {
        return failure.getClass() == ConfigurationException.class;
    }

    private static String withCause(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        Throwable last = lastOf(causes(failure));
        String reason = Optional.ofNullable(last.getMessage()).orElse(last.getClass().getSimpleName());
        return message.contains(reason) ? message : message + ": " + reason;
    }

    private static Throwable lastOf(Set<Throwable> causes) {
        return causes.stream().reduce((first, second) -> second).orElseThrow();
    }

    /** Guice keeps several causes side by side, so a chain is not enough. */
    private static Set<Throwable> causes(Throwable failure) {
        Set<Throwable> found = new LinkedHashSet<>();
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(failure);
        while (!open.isEmpty()) {
            Throwable next = open.remove();
            if (found.add(next)) {
                messages(next).stream().map(Message::getCause).filter(cause -> cause != null).forEach(open::add);
                Optional.ofNullable(next.getCause()).ifPresent(open::add);
            }
        }
        return found;
    }

    private static Collection<Message> messages(Throwable failure) {
        if (failure instanceof CreationException) {
            return ((CreationException) failure).getErrorMessages();
        }
        if (failure instanceof ProvisionException) {
            return ((ProvisionException) failure).getErrorMessages();
        }
        return Set.of();
    }
}
