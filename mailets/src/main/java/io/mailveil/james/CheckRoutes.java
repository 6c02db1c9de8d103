package io.mailveil.james;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.JsonTransformer;

import spark.Service;

/** {@code /mailveil/check}: looks over the running installation and says in plain words what is missing. Changes nothing. */
final class CheckRoutes {
    private final InstallationCheck check;
    private final JsonTransformer json;

    @Inject
    CheckRoutes(InstallationCheck check, JsonTransformer json) {
        this.check = check;
        this.json = json;
    }

    void define(Service service) {
        service.get("/mailveil/check", (request, response) -> check.look().stream().map(finding -> {
            Map<String, String> result = new LinkedHashMap<>();
            result.put("check", finding.check());
            result.put("status", finding.status().name().toLowerCase(Locale.ROOT));
            result.put("message", finding.message());
            return result;
        }).collect(Collectors.toList()), json);
    }
}
