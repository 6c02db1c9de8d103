package io.mailveil.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A Chromium without a window, driven as a person drives it: Debian's packages {@code chromium} and {@code chromium-driver}. Where they
 * are not installed, the tests that need it are skipped, and both the console and the report say so.
 */
public final class Browser implements ExecutionCondition, AfterAllCallback {
    private static final String MISSING = "SKIPPED: there is no Chromium here, so the console is not tested in a browser."
        + " Install it (Debian: apt-get install chromium chromium-driver) and run the tests again.";

    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        // it knows the DevTools of some versions only, and we need none of them
        SELENIUM.setLevel(Level.SEVERE);
    }

    private ChromeDriver driver;

    private static Optional<Path> program(String... names) {
        return Stream.of(names)
            .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    }

    private static Optional<Path> chromium() {
        return program("chromium", "chromium-browser", "google-chrome");
    }

    private static Optional<Path> chromedriver() {
        return program("chromedriver");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (chromium().isPresent() && chromedriver().isPresent()) {
            return ConditionEvaluationResult.enabled("there is a Chromium");
        }
        System.err.println(context.getDisplayName() + " " + MISSING);
        return ConditionEvaluationResult.disabled(MISSING);
    }

    /** The browser itself, started when it is first needed. */
    public ChromeDriver driver() {
        if (driver == null) {
            LoggingPreferences logs = new LoggingPreferences();
            logs.enable(LogType.BROWSER, Level.ALL);
            ChromeOptions options = new ChromeOptions()
                // this is often root in a container, where the sandbox cannot be had; it opens nothing but our own pages
                .addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars");
            options.setBinary(chromium().orElseThrow().toString());
            options.setCapability("goog:loggingPrefs", logs);
            driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(chromedriver().orElseThrow().toFile())
                .usingAnyFreePort().build(), options);
            driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
        }
        return driver;
    }

    /** The languages that the browser asks for. */
    public Browser language(String languages) {
        return cdp("Emulation.setUserAgentOverride", Map.of("userAgent", "Chromium", "acceptLanguage", languages));
    }

    /** A page of 360 by 740, as small as phones are, or else of 1280 by 900. */
    public Browser phone(boolean phone) {
        return cdp("Emulation.setDeviceMetricsOverride", phone
            ? Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true)
            : Map.of("width", 1280, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Whether the reader likes it dark. */
    public Browser dark(boolean dark) {
        // nothing moves, so that colours are looked at when they have settled
        return cdp("Emulation.setEmulatedMedia", Map.of("features", List.of(
            Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
            Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    private Browser cdp(String command, Map<String, Object> parameters) {
        driver().executeCdpCommand(command, parameters);
        return this;
    }

    /** What the page shows, as PNG. */
    public byte[] screenshot() {
        return driver().getScreenshotAs(OutputType.BYTES);
    }

    /**
     * What the browser complained about since it was last asked, but for answers that are errors, which tests provoke: scripts that
     * failed, and whatever the content security policy forbade.
     */
    public List<String> complaints() {
        return driver().manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(LogEntry::getMessage)
            .filter(message -> !message.contains("the server responded with a status of"))
            .toList();
    }

    /** What axe finds wrong with the page as it is: by these rules, or by all. */
    @SuppressWarnings("unchecked")
    public List<String> axe(String... rules) {
        if (Boolean.TRUE.equals(driver().executeScript("return !window.axe"))) {
            driver().executeScript(axeScript());
        }
        return (List<String>) driver().executeAsyncScript("const [rules, done] = arguments;"
            + "axe.run(document, {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})}).then("
            + " r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html + ' ' + n.failureSummary))),"
            + " e => done([String(e)]))", List.of(rules));
    }

    private static String axeScript() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (driver != null) {
            driver.quit();
            driver = null;
        }
    }
}
