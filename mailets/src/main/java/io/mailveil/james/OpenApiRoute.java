package io.mailveil.james;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.google.common.io.Resources;

import spark.Service;

/** {@code /mailveil/openapi.json}: what there is to ask for, as an OpenAPI 3 document. */
final class OpenApiRoute {
    private static final String PATH = "/mailveil/openapi.json";
    private static final String RESOURCE = "openapi.json";

    void define(Service service) {
        service.get(PATH, (request, response) -> document());
    }

    static String document() throws IOException {
        return Resources.toString(Resources.getResource(OpenApiRoute.class, RESOURCE), StandardCharsets.UTF_8);
    }
}
