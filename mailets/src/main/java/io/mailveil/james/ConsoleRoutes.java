package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.apache.james.webadmin.PublicRoutes;
import org.eclipse.jetty.http.HttpStatus;

import com.google.common.hash.Hashing;

import spark.Request;
import spark.Response;
import spark.Service;

/**
 * {@code /mailveil-console/}: the page for the browser (DESIGN.md section 9), as files from this jar. It is public and says nothing by
 * itself: all that it shows it asks the REST interface for, with the token of whoever sits before it.
 *
 * <p>It has a path of its own since WebAdmin's authentication covers everything below a private route. It answers GET and HEAD only.
 */
public final class ConsoleRoutes implements PublicRoutes {
    private static final String BASE = "/mailveil-console";
    private static final String FOLDER = "/io/mailveil/console/";
    /** Nothing but our own files and our own REST interface; nobody may frame it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        + " connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    @Override
    public String getBasePath() {
        return BASE;
    }

    @Override
    public void define(Service service) {
        service.before(BASE, ConsoleRoutes::guard);
        service.before(BASE + "/*", ConsoleRoutes::guard);
        String page = text("index.html");
        // seen from the path without the slash, the files are one folder further down
        serve(service, BASE, "text/html; charset=utf-8", page.replace("\"./", "\"mailveil-console/"));
        serve(service, BASE + "/", "text/html; charset=utf-8", page);
        serve(service, BASE + "/console.css", "text/css; charset=utf-8", text("console.css"));
        serve(service, BASE + "/console.js", "text/javascript; charset=utf-8", text("console.js"));
        serve(service, BASE + "/words.js", "text/javascript; charset=utf-8", text("words.js"));
        serve(service, BASE + "/icon.svg", "image/svg+xml", text("icon.svg"));
    }

    private static void guard(Request request, Response response) {
        OriginGuard.close(response);
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Frame-Options", "DENY");
        response.header("Referrer-Policy", "no-referrer");
        response.header("Cross-Origin-Opener-Policy", "same-origin");
        OriginGuard.refusePreflight(request);
    }

    private static void serve(Service service, String path, String type, String content) {
        String tag = '"' + Hashing.sha256().hashString(content, StandardCharsets.UTF_8).toString().substring(0, 32) + '"';
        service.get(path, (request, response) -> {
            // kept by the browser, but asked for again each time: after an upgrade nobody sees a page of two versions
            response.header("Cache-Control", "no-cache");
            response.header("ETag", tag);
            if (tag.equals(request.headers("If-None-Match"))) {
                response.status(HttpStatus.NOT_MODIFIED_304);
                return "";
            }
            response.type(type);
            return content;
        });
    }

    private static String text(String name) {
        try (InputStream file = ConsoleRoutes.class.getResourceAsStream(FOLDER + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
