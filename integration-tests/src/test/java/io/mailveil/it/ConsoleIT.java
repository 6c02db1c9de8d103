package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;

import io.mailveil.it.harness.AdministratorTokens;
import io.mailveil.it.harness.Browser;
import io.mailveil.it.harness.ConsolePage;
import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** The console in a real Chromium: every function changes what the server has, and nothing else can. */
@ExtendWith(SharedServer.class)
class ConsoleIT {
    @RegisterExtension
    static final Browser BROWSER = new Browser();

    @BeforeEach
    void newReader() {
        BROWSER.language("en-US").phone(false).dark(false).complaints();
    }

    @AfterEach
    void nothingWasForbiddenAndNoScriptFailed() {
        assertThat(BROWSER.complaints()).isEmpty();
    }

    private static ConsolePage console(World world) {
        return ConsolePage.of(BROWSER, world.server());
    }

    private static String create(World world, PublicAddress info, Person member, String correspondent) {
        return world.webAdmin().post("/mailveil/phantoms", "{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"%s\"}"
            .formatted(info, member, correspondent)).is(201).json().path("address").asText();
    }

    private static JsonNode member(World world, PublicAddress info, Person member) {
        for (JsonNode one : world.webAdmin().get(info.path() + "/members").is(200).json()) {
            if (one.path("member").asText().equals(member.address())) {
                return one;
            }
        }
        throw new AssertionError(member + " is no member of " + info);
    }

    @Test
    void publicAddressShouldBeMadeNamedAndGivenAMember(World world) {
        Person alice = world.staff("alice");
        String address = "new" + world.publicAddress("info");
        ConsolePage page = console(world).open("addresses");

        page.press("New public address").dialog("New public address");
        page.write("Address", address).write("Display name", "Help “& Co”").press("Create").noDialog().says(address + " was created.");
        page.focusIs("Add member");
        page.press("Add member").dialog("Add a member to " + address);
        page.write("Mailbox address of the member", alice.address()).press("Add").noDialog()
            .says(alice + " was added to " + address + ".");

        assertThat(world.webAdmin().get("/mailveil/publicAddresses/" + address).is(200).body()).isEqualTo("{\"address\":\"" + address
            + "\",\"displayName\":\"Help “& Co”\",\"members\":[{\"member\":\"" + alice
            + "\",\"forwarding\":true,\"anonymize\":true,\"replies\":true}]}");

        page.press("Display name").dialog("Display name of " + address);
        page.write("Display name", "ヘルプデスク").press("Save").noDialog().says("ヘルプデスク");

        assertThat(world.webAdmin().get("/mailveil/publicAddresses/" + address).json().path("displayName").asText())
            .isEqualTo("ヘルプデスク");
    }

    @Test
    void whatTheServerRefusesShouldBeToldAndTheDialogStay(World world) {
        PublicAddress info = world.publicAddress("info");
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.press("New public address").write("Address", "x@elsewhere.example").press("Create")
            .says("The server did not accept this: This server does not take mail for elsewhere.example");
        page.write("Address", info.address()).press("Create").says(info + " exists already.");
        page.write("Address", "new" + info).write("Display name", "a@b.test").press("Create")
            .says("'displayName' is a name, not an address");
        assertThat(page.isDialogOpen()).isTrue();
        page.press("Cancel").noDialog();

        world.webAdmin().get("/mailveil/publicAddresses/new" + info).is(404);
        world.webAdmin().get("/mailveil/publicAddresses/x@elsewhere.example").is(404);
    }

    @Test
    void dialogThatIsLeftWhileItsCallIsUnderWayShouldTellWhatCameOfIt(World world) {
        String address = "new" + world.publicAddress("info");
        ConsolePage page = console(world).open("constructor").says("Overview").open("addresses");
        page.script("const real = fetch, wait = new Promise(done => { window.release = () => { window.fetch = real; done(); }; });"
            + "window.fetch = async (...of) => { const answer = await real(...of); if (of[1].method === 'PUT') { await wait; }"
            + " return answer; }");

        page.press("New public address").write("Address", address).press("Create").press("Cancel").noDialog();
        page.script("release()");

        page.says(address + " was created.").focusIs("Add member");
        world.webAdmin().get("/mailveil/publicAddresses/" + address).is(200);
    }

    @Test
    void switchesShouldBeTurnedAndShowingSendersAskFirst(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.press("Forward mail for " + info + " to " + alice).says("Suspended: " + alice + " gets no mail for " + info + ".");
        assertThat(member(world, info, alice).path("forwarding").asBoolean()).isFalse();
        page.says("Forwarding is suspended for all members: mail to this address is refused.");
        page.press("Forward mail for " + info + " to " + alice).says(alice + " gets mail for " + info + ".");
        assertThat(member(world, info, alice).path("forwarding").asBoolean()).isTrue();

        page.press("Let " + alice + " reply as " + info).says("Blocked: " + alice + " cannot reply as " + info + ".");
        assertThat(member(world, info, alice).path("replies").asBoolean()).isFalse();

        String hide = "Hide the sender’s address from " + alice + " for " + info;
        page.press(hide).dialog("Show senders to " + alice + "?").press("Cancel").noDialog().settled();
        assertThat(member(world, info, alice).path("anonymize").asBoolean()).isTrue();
        page.focusIs(hide);
        page.press(hide).dialog("Show senders to " + alice + "?");
        assertThat(page.dialogText()).contains("What has been seen cannot be taken back.");
        page.press("Show senders").noDialog().says(alice + " sees the addresses of senders.");
        assertThat(member(world, info, alice).path("anonymize").asBoolean()).isFalse();
    }

    @Test
    void deletingShouldSayWhatWillHappenAndWaitForAYes(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        PublicAddress info = world.publicAddress("info", alice, bob);
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.press("Remove " + bob + " from " + info).dialog("Remove " + bob + "?");
        assertThat(page.dialogText()).contains(bob + " gets no more mail for " + info + ".").contains("stop working for good");
        page.focusIs("Cancel").press("Cancel").noDialog().focusIs("Remove " + bob + " from " + info);
        assertThat(world.webAdmin().get(info.path() + "/members").json()).hasSize(2);
        page.press("Remove " + bob + " from " + info).press("Remove the member").noDialog().says(bob + " was removed from " + info + ".");
        assertThat(world.webAdmin().get(info.path() + "/members").json()).hasSize(1);

        page.settled().pressAt(info.address(), "Delete").dialog("Delete " + info + "?");
        assertThat(page.dialogText()).contains("Mail to " + info + " will be refused").contains(alice.address());
        page.key(Keys.ESCAPE).noDialog();
        world.webAdmin().get(info.path()).is(200);
        page.pressAt(info.address(), "Delete").press("Delete the address").noDialog().says(info + " was deleted.");
        world.webAdmin().get(info.path()).is(404);
    }

    @Test
    void phantomShouldBeMadeForAFirstContactFoundBlockedAndRetired(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        ConsolePage page = console(world).open("phantoms");

        page.press("Write to somebody new").dialog("Write to somebody new");
        page.choose("As which public address", info.address());
        page.choose("Which member", alice.address());
        page.write("Real address of the correspondent", carol.address()).write("Name of the correspondent", "Carol")
            .press("Make the address").dialog("Phantom address for " + alice);
        String x = page.script("return document.querySelector('dialog[open] output').textContent").toString();
        assertThat(info.phantomsOf(alice)).containsExactly(x);
        page.press("Close").noDialog();
        alice.writesLoggedInTo(x, "A first mail");
        carol.receives("A first mail");

        page.write("Phantom address", "Carol <" + x + ">").press("Search").settled().says("Shown: 1");
        page.press("Block the correspondent behind " + x).dialog("Block this correspondent?").press("Block").noDialog().says("blocked");
        assertThat(world.webAdmin().get("/mailveil/phantoms/" + x).json().path("blocked").asBoolean()).isTrue();
        page.focusIs("Unblock the correspondent behind " + x).press("Unblock the correspondent behind " + x)
            .says("The correspondent is no longer blocked.");
        assertThat(world.webAdmin().get("/mailveil/phantoms/" + x).json().path("blocked").asBoolean()).isFalse();

        page.press("Retire " + x).dialog("Retire this phantom address?").press("Retire for good").noDialog().says(x + " was retired.");
        world.webAdmin().get("/mailveil/phantoms/" + x).is(404);
        page.open("phantoms?address=" + x).says("No phantom address fits.");
    }

    @Test
    void phantomsShouldBeListedByPublicAddressAndMemberInPages(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        PublicAddress info = world.publicAddress("info", alice, bob);
        for (int i = 0; i < 51; i++) {
            create(world, info, alice, "c" + i + "@faraway.test");
        }
        create(world, info, bob, "c@faraway.test");
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.pressAt(info.address(), "Phantom addresses").settled().says("Shown: 50").press("Show more").says("Shown: 52");
        page.write("Member", bob.address()).press("Search").settled().says("Shown: 1");
        assertThat(page.text()).doesNotContain("faraway.test");
        page.press("Clear").settled().write("Real address of the correspondent", "c7@faraway.test").press("Search").settled()
            .says("Shown: 1").says(alice.address());
        page.press("Clear").settled().write("Phantom address", "c7@faraway.test").press("Search").says("That is not a phantom address.");
        assertThat(page.script("return location.href + performance.getEntriesByType('resource').map(call => call.name)").toString())
            .contains("/mailveil/correspondents/find").doesNotContain("faraway");
    }

    @Test
    void revealingShouldNeedAReasonAndStandInTheAudit(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        String x = create(world, info, alice, carol.address());
        ConsolePage page = console(world).open("phantoms?address=" + x);

        page.press("Reveal who is behind " + x).dialog("Who is behind this address?").press("Reveal and record");
        assertThat(page.isDialogOpen()).isTrue();
        assertThat(world.webAdmin().get("/mailveil/audit?action=phantom.reveal&subject=" + x).json()).isEmpty();
        page.write("Reason", "Police inquiry <b>7</b>").press("Reveal and record").dialog("Real address of the correspondent");
        assertThat(page.dialogText()).contains(carol.address());
        page.press("Close").noDialog();
        assertThat(page.text()).doesNotContain(carol.address());

        page.open("audit").choose("What", "Correspondent revealed").write("About", x).press("Search").settled()
            .says("Police inquiry <b>7</b>");
        assertThat(page.count("main tbody tr")).isEqualTo(1);
        assertThat(page.text()).contains("admin").doesNotContain(carol.address());
        page.write("About", "c@faraway.test").press("Search").says("This address is in no domain of this server.");
        assertThat(page.script("return location.href + performance.getEntriesByType('resource').map(call => call.name)").toString())
            .contains("/mailveil/audit?").doesNotContain("faraway");
        page.write("About", x).choose("What", "Old audit entries deleted").press("Search").settled().says("Nothing was recorded.");
        page.press("Clear").settled();
        assertThat(page.count("main tbody tr")).isGreaterThan(1);
    }

    @Test
    void overviewShouldShowTrafficAndRefusals(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "A question");
        alice.receives("A question");
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{alice}>
            c <- 550
            """);
        ConsolePage page = console(world).open("overview").press("Show as a table");

        JsonNode hours = world.webAdmin().get("/mailveil/traffic?hours=24").is(200).json();
        JsonNode last = hours.get(hours.size() - 1);
        long refused = 0;
        for (JsonNode count : last.path("refused")) {
            refused += count.asLong();
        }
        assertThat(refused).isPositive();
        Object shown = page.script("return [...[...document.querySelectorAll('details tbody tr')].at(-1).cells].slice(1)"
            + ".map(c => +c.textContent)");
        assertThat(shown).isEqualTo(List.of(last.path("inbound").asLong(), last.path("replies").asLong(), last.path("outbound").asLong(),
            last.path("bounces").asLong(), last.path("held").asLong(), refused));
        assertThat(page.count("svg[role=img] line.line")).isPositive();
        assertThat(page.count("svg[role=img] rect.inbound")).isPositive();
        assertThat(page.count("svg[role=img] rect.refused")).isPositive();
        assertThat(page.text()).contains("Why mail was refused").contains("Nobody has this address");
    }

    @Test
    void heldMailShouldBeShownAndTriedAgain(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.sends("From: Carol <{carol}>\nTo: {info}\nthis line is no header field\nSubject: Broken\n\nText.\n", info.address());
        world.expectKept(TestServer.HELD, 1);
        JsonNode held = world.webAdmin().get("/mailveil/held").is(200).json().path(0);
        String key = held.path("key").asText();
        ConsolePage page = console(world).open("overview").says("Messages waiting for an administrator: 1").press("Look at them").settled();

        assertThat(page.text()).contains(held.path("cause").asText()).contains("from outside to a member").doesNotContain(carol.address());
        page.press("Try " + key + " again").says("The message is on its way again.");

        world.server().settle();
        assertThat(world.webAdmin().get("/mailveil/audit?limit=1&action=held.retry").json().path(0).path("detail").asText()).isEqualTo(key);
        assertThat(world.webAdmin().get("/mailveil/held").is(200).json()).hasSize(1);
        world.server().clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
        page.press("Reload").settled().says("Nothing is held.");
    }

    @Test
    void markupInNamesShouldBeShownAsText(World world) {
        String name = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>&lt;'\"";
        PublicAddress info = world.publicAddress("info", world.staff("alice"));
        world.webAdmin().put(info.path(), "{\"displayName\": \"" + name.replace("\"", "\\\"") + "\"}").is(204);
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.says(name);
        page.pressAt(info.address(), "Display name").dialog("Display name of " + info).press("Cancel").noDialog();
        page.open("audit?subject=" + info).says(name);
        page.open("phantoms?publicAddress=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&member=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");

        assertThat(page.count("main img, main script, dialog script")).isZero();
        assertThat(page.script("return document.title").toString()).doesNotContain("taken");
    }

    @Test
    void pageOfAnotherOriginShouldNeitherReadNorChangeAnything(World world) throws IOException {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        String before = world.webAdmin().get("/mailveil/publicAddresses").body() + world.webAdmin().get(info.path()).body();
        HttpServer foreign = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        foreign.createContext("/", exchange -> {
            byte[] page = "<!DOCTYPE html><title>Elsewhere</title><p>Elsewhere".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        foreign.start();
        try {
            ConsolePage page = console(world);
            String base = page.url().replace("/mailveil-console/", "");
            BROWSER.driver().get("http://localhost:" + foreign.getAddress().getPort() + "/");
            String[] attempts = {
                "fetch('%s%s').then(r => r.text())".formatted(base, info.path()),
                "fetch('%s%s', {mode: 'no-cors'}).then(r => 'got ' + r.type + r.status).then(async x => x)".formatted(base, info.path()),
                "fetch('%s%s', {method: 'PUT', headers: {'Content-Type': 'application/json'}, body: '{}'}).then(r => r.text())"
                    .formatted(base, info.path(alice).replace("alice", "mallory")),
                "fetch('%s%s', {method: 'DELETE'}).then(r => r.text())".formatted(base, info.path()),
                ("fetch('%s/mailveil/phantoms', {method: 'POST', mode: 'no-cors', headers: {'Content-Type': 'text/plain'},"
                    + " body: '{\"publicAddress\":\"%s\",\"member\":\"%s\",\"correspondent\":\"c@faraway.test\"}'})"
                    + ".then(r => 'got ' + r.type + r.status)").formatted(base, info, alice),
                "fetch('%s').then(r => r.text())".formatted(page.url()),
                "import('%sconsole.js').then(() => 'loaded')".formatted(page.url())
            };
            for (String attempt : attempts) {
                assertThat(page.promise(attempt).toString()).as(attempt).matches("failed: TypeError: .*|got opaque0");
            }
            page.promise("new Promise(done => {const f = document.createElement('iframe'); f.src = '" + page.url()
                + "'; f.onload = () => done('' + f.contentDocument); document.body.append(f)})");
            assertThat(BROWSER.complaints()).anySatisfy(message -> assertThat(message).contains("frame"));
        } finally {
            foreign.stop(0);
        }
        assertThat(world.webAdmin().get("/mailveil/publicAddresses").body() + world.webAdmin().get(info.path()).body()).isEqualTo(before);
        assertThat(info.phantomsOf(alice)).isEmpty();
    }

    @Test
    void everythingShouldWorkWithTheKeyboard(World world) {
        Person alice = world.staff("alice");
        PublicAddress info = world.publicAddress("info", alice);
        ConsolePage page = console(world).open("addresses?find=" + info);

        page.key(Keys.TAB).focusIs("Skip to the content").key(Keys.ENTER);
        page.key(Keys.TAB).focusIs("New public address").key(Keys.ENTER).dialog("New public address").focusIs("Address");
        page.key(Keys.ESCAPE).noDialog().focusIs("New public address");
        page.key(Keys.TAB).focusIs("Find an address");
        page.key(Keys.TAB).focusIs("Display name").key(Keys.TAB).focusIs("Phantom addresses").key(Keys.TAB).focusIs("Delete");
        page.key(Keys.TAB).focusIs("Forward mail for " + info + " to " + alice).key(Keys.SPACE).says("Suspended: " + alice).settled();
        page.focusIs("Forward mail for " + info + " to " + alice);
        assertThat(member(world, info, alice).path("forwarding").asBoolean()).isFalse();
    }

    @Test
    void wordsShouldBeThereInBothLanguagesAndTheReadersOwnBeChosen(World world) {
        ConsolePage page = console(world);
        BROWSER.language("ja-JP,en");
        page.open("addresses").says("公開アドレスを追加");
        assertThat(page.script("return document.documentElement.lang")).isEqualTo("ja");
        assertThat(page.promise("import('./words.js').then(({words}) => Object.values(words).map(table => Object.entries(table)"
            + ".map(([name, text]) => name + ' ' + [...text.matchAll(/{\\w+}/g)].map(String).sort()).sort().join('\\n'))"
            + ".every((names, i, all) => names === all[0]))")).as("the same words with the same places to fill in").isEqualTo(true);

        page.choose("表示言語", "English").settled().says("New public address");
        assertThat(page.script("return document.documentElement.lang")).isEqualTo("en");
        page.open("addresses").says("New public address");
    }

    @Test
    void axeShouldFindNothingAndNothingBeWiderThanAPhone(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("an-address-with-a-rather-long-local-part-of-its-own", alice,
            world.remoteMember("somebody-with-a-long-name-as-well", "a-provider-with-a-long-name.example"));
        String x = create(world, info, alice, "c@faraway.test");
        world.webAdmin().patch("/mailveil/phantoms/" + create(world, info, alice, "d@faraway.test"), "{\"blocked\":true}").is(204);
        carol.sends("From: Carol <{carol}>\nTo: " + info + "\nthis line is no header field\nSubject: Broken\n\nText.\n", info.address());
        world.expectKept(TestServer.HELD, 1);
        String address = "document.querySelector('[data-key=\"" + info + " %s\"]').click()";
        Map<String, String> states = new LinkedHashMap<>();
        states.put("overview", "document.querySelector('details').open = true");
        states.put("addresses?find=" + info, "");
        states.put("addresses?find=" + info + "&dialog=new", "document.querySelector('[data-key=add]').click()");
        states.put("addresses?find=" + info + "&dialog=member", address.formatted("member"));
        states.put("addresses?find=" + info + "&dialog=delete", address.formatted("delete"));
        states.put("phantoms?publicAddress=" + info, "");
        states.put("phantoms?address=" + x, "document.querySelector('main td button:nth-child(2)').click()");
        states.put("phantoms?dialog=create", "document.querySelector('[data-key=create]').click()");
        states.put("held", "");
        states.put("audit", "");
        states.put("audit?action=nonsense", "");
        ConsolePage page = console(world).open("held");
        page.script("document.querySelector('main').append(document.createElement('button'))");
        assertThat(BROWSER.axe()).as("what axe finds if there is something").hasSize(1);

        for (boolean phone : List.of(false, true)) {
            BROWSER.language(phone ? "ja" : "en").phone(phone);
            page.open("overview");
            states.forEach((view, script) -> {
                BROWSER.dark(false);
                page.go(view).script(script);
                if (script.endsWith("click()")) {
                    page.anyDialog();
                }
                String where = view + (phone ? " on a phone, in Japanese" : " on a desktop, in English");
                assertThat(BROWSER.axe()).as("what axe finds in %s", where).isEmpty();
                assertThat(page.script("return document.documentElement.scrollWidth - innerWidth")).as("%s fits", where).isEqualTo(0L);
                BROWSER.dark(true);
                assertThat(BROWSER.axe("color-contrast")).as("what axe finds in %s in the dark", where).isEmpty();
            });
        }
        world.server().clear(TestServer.HELD);
        world.keptNoMore(TestServer.HELD);
    }

    @Test
    void tokenShouldBeAskedForKeptInTheTabAndSentWithEachCall() {
        AdministratorTokens tokens = new AdministratorTokens();
        TestServer server = TestServer.inFolder("console-token");
        tokens.wantedBy(server).start();
        try {
            server.webAdmin().put("/mailveil/publicAddresses/info@company.test", "{}").is(204);
            ConsolePage page = ConsolePage.of(BROWSER, server);

            page.load("addresses").dialog("Sign in with a token");
            assertThat(BROWSER.axe()).isEmpty();
            assertThat(page.text()).doesNotContain("company.test");
            page.press("Cancel").noDialog().says("A token is needed to see or change anything here.");
            page.press("Reload").dialog("Sign in with a token").write("Token", "no token").press("Sign in")
                .says("This does not look like a token.");
            page.write("Token", new AdministratorTokens().tokenOf("root@company.test")).press("Sign in")
                .says("The server did not accept this token.");
            page.write("Token", tokens.tokenOf("root@company.test")).press("Sign in").noDialog().settled().says("info@company.test");
            page.press("New public address").write("Address", "sales@company.test").press("Create").noDialog();
            server.webAdmin().get("/mailveil/publicAddresses/sales@company.test").is(200);
            assertThat(server.webAdmin().get("/mailveil/audit?limit=1").json().path(0).path("who").asText())
                .startsWith("root@company.test");
            page.open("audit").says("root@company.test");
            assertThat(page.script("return JSON.stringify(localStorage)")).isEqualTo("{}");

            page.press("Sign out").dialog("Sign in with a token");
            assertThat(page.text()).doesNotContain("company.test");
        } finally {
            server.crash();
        }
    }
}
