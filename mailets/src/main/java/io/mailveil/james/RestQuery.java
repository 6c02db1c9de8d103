package io.mailveil.james;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;

import com.google.common.primitives.Ints;

import spark.Request;

/** Reads the query of a REST request; whatever is wrong with it is answered with 400 and a sentence that says what and where. */
final class RestQuery {
    /** How many entries of a list one answer has at most. */
    static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 100;

    private final Request request;

    private RestQuery(Request request) {
        this.request = request;
    }

    /** The query, with no other parameters than these, each once at most. */
    static RestQuery of(Request request, String... names) {
        for (String name : request.queryParams()) {
            if (!Arrays.asList(names).contains(name)) {
                throw JsonBody.badRequest("There is no parameter '" + JsonBody.printable(name) + "' here. The parameters are: "
                    + String.join(", ", names));
            }
            if (request.queryParamsValues(name).length > 1) {
                throw JsonBody.badRequest("'" + name + "' is there more than once");
            }
        }
        return new RestQuery(request);
    }

    /** The text, empty if there is none. */
    Optional<String> text(String name) {
        return Optional.ofNullable(request.queryParams(name)).filter(text -> !text.isEmpty());
    }

    /** A number within bounds. */
    int number(String name, int most, int normal) {
        return text(name).map(text -> Optional.ofNullable(Ints.tryParse(text)).filter(number -> number >= 1 && number <= most)
            .orElseThrow(() -> JsonBody.badRequest("'" + name + "' has to be a number from 1 to " + most))).orElse(normal);
    }

    /** How many entries of a list are wanted. */
    int limit() {
        return number("limit", MAX_LIMIT, DEFAULT_LIMIT);
    }

    /** A moment, or a day, which stands for its beginning in UTC. */
    Optional<Instant> moment(String name) {
        return text(name).map(text -> {
            try {
                return text.length() == 10 ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant() : Instant.parse(text);
            } catch (DateTimeException e) {
                throw JsonBody.badRequest("'" + name + "' has to be a moment like 2026-11-22T12:00:00Z or a day like 2026-11-22");
            }
        });
    }
}
