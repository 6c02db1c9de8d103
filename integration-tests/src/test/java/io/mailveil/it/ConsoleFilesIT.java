package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.WebAdmin;
import io.mailveil.it.harness.World;

/** What is served at {@code /mailveil-console/}, without a browser. */
@ExtendWith(SharedServer.class)
class ConsoleFilesIT {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        + " connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "/mailveil-console            | text/html;charset=utf-8",
        "/mailveil-console/           | text/html;charset=utf-8",
        "/mailveil-console/console.css| text/css;charset=utf-8",
        "/mailveil-console/console.js | text/javascript;charset=utf-8",
        "/mailveil-console/words.js   | text/javascript;charset=utf-8",
        "/mailveil-console/icon.svg   | image/svg+xml"
    }, delimiter = '|')
    void fileShouldComeWithStrictHeaders(String path, String type, World world) {
        WebAdmin.Answer answer = world.webAdmin().send("GET", path.trim(), "", "Origin", "http://elsewhere.example").is(200);

        assertThat(header(answer, "Content-Type").replace(" ", "")).isEqualToIgnoringCase(type.trim());
        assertThat(header(answer, "Content-Security-Policy")).isEqualTo(POLICY);
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
        assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(answer, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
        assertNoCors(answer);
        WebAdmin.Answer again = world.webAdmin().send("GET", path.trim(), "", "If-None-Match", header(answer, "ETag")).is(304);
        assertThat(again.body()).isEmpty();
        assertThat(world.webAdmin().send("HEAD", path.trim(), "").is(200).body()).isEmpty();
    }

    private static String header(WebAdmin.Answer answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static void assertNoCors(WebAdmin.Answer answer) {
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mailveil-console", "/mailveil-console/", "/mailveil-console/console.js"})
    void preflightShouldAllowNothing(String path, World world) {
        assertNoCors(world.webAdmin().send("OPTIONS", path, "", "Origin", "http://elsewhere.example", "Access-Control-Request-Method", "PUT",
            "Access-Control-Request-Headers", "content-type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mailveil-console/nothing", "/mailveil-console/../conf/mailveil.keyset", "/mailveil-console/strings.json"})
    void nothingElseShouldBeServed(String path, World world) {
        world.webAdmin().get(path).is(404);
    }

    @Test
    void pageShouldNameItsFilesFromBothPaths(World world) {
        String page = world.webAdmin().get("/mailveil-console/").is(200).body();

        assertThat(page).contains("src=\"./console.js\"").contains("href=\"./console.css\"");
        assertThat(world.webAdmin().get("/mailveil-console").is(200).body())
            .isEqualTo(page.replace("\"./", "\"mailveil-console/"));
    }

    @Test
    void pageShouldBeEmptyAndHaveNoInlineScriptOrStyle(World world) {
        String page = world.webAdmin().get("/mailveil-console/").is(200).body();

        assertThat(page).doesNotContain("@").doesNotContain("<style").doesNotContain(" style=").doesNotContainPattern(" on[a-z]+=")
            .doesNotContainPattern("<script[^>]*>[^<]").doesNotContain("http:").doesNotContain("https:");
        assertThat(world.webAdmin().get("/mailveil-console/console.js").is(200).body())
            .doesNotContain("innerHTML").doesNotContain("insertAdjacentHTML").doesNotContain("document.write");
    }
}
