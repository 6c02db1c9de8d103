package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The console as an administrator uses it: things are found by the words that stand on them, in the dialog if one is open. */
public final class ConsolePage {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(20);

    private final ChromeDriver driver;
    private final String url;

    private ConsolePage(ChromeDriver driver, String url) {
        this.driver = driver;
        this.url = url;
    }

    /** The console of that server in a browser that has not been there before. */
    public static ConsolePage of(Browser browser, TestServer server) {
        ConsolePage page = new ConsolePage(browser.driver(), "http://127.0.0.1:" + server.port("webadmin") + "/mailveil-console/");
        page.driver.get(page.url + "words.js");
        page.driver.executeScript("localStorage.clear(); sessionStorage.clear()");
        return page;
    }

    /** Where it is. */
    public String url() {
        return url;
    }

    /** Loads the page anew at a view, such as {@code addresses}, and waits until it is there. */
    public ConsolePage open(String view) {
        return load(view).settled();
    }

    /** Loads the page anew. */
    public ConsolePage load(String view) {
        driver.get("about:blank");
        driver.get(url + "#/" + view);
        return this;
    }

    /** Goes to another view in the page as it is, as a link does; a dialog is left. */
    public ConsolePage go(String view) {
        script("document.querySelector('dialog[open]')?.close(); history.pushState(null, '', '#/' + arguments[0]);"
            + "dispatchEvent(new PopStateEvent('popstate'))", view);
        return settled();
    }

    /** Waits until the view has what it asked the server for. */
    public ConsolePage settled() {
        return until("the view has loaded", () -> driver.findElements(By.cssSelector("main[data-view]")).size() == 1
            && driver.findElements(By.cssSelector("main[aria-busy], main [aria-busy]")).isEmpty());
    }

    private ConsolePage until(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(GLANCE).ignoreExceptionsInstanceOf(WebDriverException.class)
            .until(condition);
        return this;
    }

    private String scope() {
        return isDialogOpen() ? "//dialog[@open]" : "//body";
    }

    /** Whether a dialog is open. */
    public boolean isDialogOpen() {
        return !driver.findElements(By.cssSelector("dialog[open]")).isEmpty();
    }

    /** Waits until a dialog with this heading is open. */
    public ConsolePage dialog(String heading) {
        return until("dialog " + heading, () -> driver.findElement(By.cssSelector("dialog[open] h2")).getText().equals(heading));
    }

    /** Waits until some dialog is open. */
    public ConsolePage anyDialog() {
        return until("a dialog", this::isDialogOpen);
    }

    /** Waits until no dialog is open. */
    public ConsolePage noDialog() {
        return until("no dialog", () -> !isDialogOpen());
    }

    /** Presses what has this name: a button, a link, a switch. */
    public ConsolePage press(String name) {
        return until("press " + name, () -> {
            named(name).click();
            return true;
        });
    }

    /** What has this name. */
    public WebElement named(String name) {
        List<WebElement> found = driver.findElements(By.xpath(scope() + "//*[self::button or self::a or self::input or self::summary]"
            + "[@aria-label='" + name + "' or not(@aria-label) and normalize-space()='" + name + "']"));
        return found.stream().filter(WebElement::isDisplayed).findFirst()
            .orElseThrow(() -> new NoSuchElementException(name));
    }

    /** Presses a button within the card of a public address. */
    public ConsolePage pressAt(String address, String name) {
        return until("press " + name + " of " + address, () -> {
            driver.findElement(By.xpath("//article[h2[.='" + address + "'] or div//h2[.='" + address + "']]//*[self::button or self::a][.='"
                + name + "']")).click();
            return true;
        });
    }

    /** The field with this label. */
    public WebElement field(String label) {
        return driver.findElement(By.id(driver.findElement(By.xpath(scope() + "//label[starts-with(normalize-space(), '" + label + "')]"))
            .getDomAttribute("for")));
    }

    /** Writes into the field with this label, instead of what is there. */
    public ConsolePage write(String label, String text) {
        return until("write " + label, () -> {
            WebElement field = field(label);
            field.clear();
            field.sendKeys(text);
            return true;
        });
    }

    /** Chooses in the list with this label. */
    public ConsolePage choose(String label, String option) {
        return until("choose " + option, () -> {
            field(label).findElement(By.xpath("option[.='" + option + "']")).click();
            return true;
        });
    }

    /** Presses a key wherever the focus is. */
    public ConsolePage key(Keys key) {
        driver.switchTo().activeElement().sendKeys(key);
        return this;
    }

    /** The name of what has the focus, as a screen reader says it. */
    public String focus() {
        return driver.switchTo().activeElement().getAccessibleName();
    }

    /** Waits until the focus is on what has this name. */
    public ConsolePage focusIs(String name) {
        return until("focus on " + name, () -> focus().equals(name));
    }

    /** Waits until this stands on the page. */
    public ConsolePage says(String text) {
        await("page says " + text).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(GLANCE)
            .untilAsserted(() -> assertThat(text()).contains(text));
        return this;
    }

    /** All that stands on the page, in the dialog as well. */
    public String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** What the open dialog says. */
    public String dialogText() {
        return driver.findElement(By.cssSelector("dialog[open]")).getText();
    }

    /** The value of a script, run in the page. */
    public Object script(String script, Object... arguments) {
        return ((JavascriptExecutor) driver).executeScript(script, arguments);
    }

    /** The result of a promise, made in the page. */
    public Object promise(String expression) {
        return driver.executeAsyncScript(
            "const done = arguments[0]; Promise.resolve(" + expression + ").then(done, e => done('failed: ' + e))");
    }

    /** As many elements as this selector finds. */
    public int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }
}
