package io.mailveil.james;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.JsonTransformer;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.mailveil.address.EmailAddress;
import io.mailveil.store.AuditAction;
import io.mailveil.store.AuditEntry;
import io.mailveil.store.AuditQuery;
import io.mailveil.store.AuditStore;
import io.mailveil.store.Traffic;
import io.mailveil.store.TrafficCounter;
import io.mailveil.store.TrafficHour;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/audit} and {@code /mailveil/traffic}: who did what, and how much mail came and went (DESIGN.md section 9). */
final class AuditRoutes {
    /** One JSON object in every line. */
    static final String JSON_LINES = "application/x-ndjson";

    private static final String AUDIT = "/mailveil/audit";
    private static final String TRAFFIC = "/mailveil/traffic";
    private static final int MAX_HOURS = 24 * 31;
    private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,4})d");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuditStore audit;
    private final TrafficCounter traffic;
    private final JsonTransformer json;
    private final Clock clock = Clock.systemUTC();

    @Inject
    AuditRoutes(AuditStore audit, TrafficCounter traffic, JsonTransformer json) {
        this.audit = audit;
        this.traffic = traffic;
        this.json = json;
    }

    void define(Service service) {
        service.get(AUDIT, this::read);
        service.delete(AUDIT, this::prune, json);
        service.get(TRAFFIC, this::traffic, json);
    }

    private Object read(Request request, Response response) throws IOException {
        RestQuery query = RestQuery.of(request, "since", "until", "action", "subject", "limit", "after", "format");
        boolean lines = isJsonLines(request, query);
        AuditQuery wanted = wanted(query);
        // what was refused until now is to be seen now
        traffic.write();
        if (!lines) {
            return json.render(audit.list(wanted, query.limit()).stream().map(AuditRoutes::toJson)
                .collect(Collectors.toList()));
        }
        int left = query.number("limit", Integer.MAX_VALUE, Integer.MAX_VALUE);
        response.type(JSON_LINES);
        export(wanted, left, response.raw().getOutputStream());
        return "";
    }

    private static boolean isJsonLines(Request request, RestQuery query) {
        Optional<String> format = query.text("format");
        if (format.isPresent() && !format.get().equals("jsonl") && !format.get().equals("json")) {
            throw JsonBody.badRequest("'format' has to be json or jsonl");
        }
        return format.map("jsonl"::equals)
            .orElse(Optional.ofNullable(request.headers("Accept")).filter(accept -> accept.contains(JSON_LINES)).isPresent());
    }

    private static AuditQuery wanted(RestQuery query) {
        AuditQuery result = AuditQuery.ALL;
        if (query.moment("since").isPresent()) {
            result = result.since(query.moment("since").get());
        }
        if (query.moment("until").isPresent()) {
            result = result.until(query.moment("until").get());
        }
        if (query.text("action").isPresent()) {
            result = result.action(AuditAction.of(query.text("action").get()).orElseThrow(() -> JsonBody.badRequest("'action' has to be one"
                + " of " + Arrays.stream(AuditAction.values()).map(AuditAction::text).collect(Collectors.joining(", ")))));
        }
        if (query.text("subject").isPresent()) {
            String subject = query.text("subject").get();
            result = result.subject(EmailAddress.parse(subject).map(EmailAddress::canonical).orElse(subject));
        }
        if (query.text("after").isPresent()) {
            try {
                result = result.after(query.text("after").get());
            } catch (IllegalArgumentException e) {
                throw JsonBody.badRequest("'after' has to be the id of an entry");
            }
        }
        return result;
    }

    private void export(AuditQuery wanted, int limit, OutputStream out) throws IOException {
        AuditQuery rest = wanted;
        int left = limit;
        while (left > 0) {
            List<AuditEntry> page = audit.list(rest, Math.min(left, RestQuery.MAX_LIMIT));
            if (page.isEmpty()) {
                break;
            }
            for (AuditEntry entry : page) {
                out.write(JSON.writeValueAsBytes(toJson(entry)));
                out.write('\n');
            }
            left -= page.size();
            rest = wanted.after(page.get(page.size() - 1).id());
        }
        out.flush();
    }

    private static Map<String, Object> toJson(AuditEntry entry) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", entry.id());
        result.put("time", entry.time().toString());
        result.put("who", entry.who());
        result.put("action", entry.action().text());
        result.put("subject", entry.subject());
        result.put("detail", entry.detail());
        result.put("count", entry.count());
        return result;
    }

    private Object prune(Request request, Response response) {
        RestQuery query = RestQuery.of(request, "olderThan");
        Matcher days = DAYS.matcher(query.text("olderThan").orElse(""));
        if (!days.matches()) {
            throw JsonBody.badRequest("'olderThan' has to be a number of days, like 90d");
        }
        Instant before = clock.instant().minus(Duration.ofDays(Long.parseLong(days.group(1))));
        return Map.of("deleted", audit.prune(AdministratorLog.who(request), before));
    }

    private Object traffic(Request request, Response response) {
        int hours = RestQuery.of(request, "hours").number("hours", MAX_HOURS, 24);
        traffic.write();
        return audit.traffic(hours).stream().map(AuditRoutes::toJson).collect(Collectors.toList());
    }

    private static Map<String, Object> toJson(TrafficHour hour) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("hour", hour.start().toString());
        for (Traffic traffic : Traffic.values()) {
            result.put(traffic.text(), traffic == Traffic.REFUSED ? hour.refused() : hour.amount(traffic));
        }
        return result;
    }
}
