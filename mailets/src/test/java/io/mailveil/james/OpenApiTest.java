package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;

import io.mailveil.gateway.Settings;
import spark.Service;
import spark.route.HttpMethod;

class OpenApiTest {
    private static final Set<HttpMethod> FILTERS = Set.of(HttpMethod.before, HttpMethod.after, HttpMethod.afterafter);

    private static JsonNode document() throws IOException {
        return new ObjectMapper().readTree(OpenApiRoute.document());
    }

    private static Set<String> documented() throws IOException {
        Set<String> result = new TreeSet<>();
        document().path("paths").fields().forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(method ->
            result.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return result;
    }

    /** Nobody calls them, so they need nothing to work with. */
    private static Set<String> routes() {
        Service service = Service.ignite().ipAddress("127.0.0.1").port(0);
        try {
            new MailveilRoutes(new OriginGuard(Settings.of(Map.of())),
                new PublicAddressRoutes(null, null, null, null, null, null, null, null),
                new PhantomRoutes(null, null, null, null), new AuditRoutes(null, null, null), new HeldRoutes(null, null, null),
                new CorrespondentRoutes(null, null, null), new KeyRoutes(null, null, null, null),
                new DataRoutes(null, null, null, null, null), new CheckRoutes(null, null)).define(service);
            return service.routes().stream().filter(route -> !FILTERS.contains(route.getHttpMethod()))
                .map(route -> route.getHttpMethod().name().toUpperCase(Locale.ROOT) + " "
                    + route.getMatchUri().replaceAll(":([a-zA-Z]+)", "{$1}"))
                .collect(Collectors.toCollection(TreeSet::new));
        } finally {
            service.stop();
            service.awaitStop();
        }
    }

    @Test
    void everyRouteShouldBeInTheDocumentAndTheOtherWayRound() throws IOException {
        assertThat(documented()).isEqualTo(routes()).contains("POST /mailveil/phantoms/{phantom}/reveal");
    }

    @Test
    void everyReferenceAndPathParameterShouldLeadSomewhere() throws IOException {
        JsonNode document = document();
        assertThat(document.path("openapi").asText()).startsWith("3.");
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).isNotEmpty().allSatisfy(reference ->
            assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
        document.path("paths").fields().forEachRemaining(path -> path.getValue().forEach(operation -> {
            List<String> named = ImmutableList.copyOf(operation.path("parameters")).stream()
                .filter(parameter -> parameter.path("in").asText().equals("path"))
                .map(parameter -> "{" + parameter.path("name").asText() + "}")
                .collect(Collectors.toList());
            String bare = path.getKey().replaceAll("\\{[a-zA-Z]+}", "");
            assertThat(path.getKey().length() - bare.length()).isEqualTo(named.stream().mapToInt(String::length).sum());
            assertThat(named).allSatisfy(name -> assertThat(path.getKey()).contains(name));
        }));
    }
}
