package io.mailveil.it.bench;

import java.time.Duration;
import java.util.stream.IntStream;

import io.mailveil.it.harness.TestServer;

/** A server under load: the distribution as it is shipped, or James alone on the same configuration without any line of Mailveil's. */
final class BenchmarkServer {
    static final String PASSWORD = "demo";
    /** Somebody with an account here who is not inside. */
    static final String OUTSIDER = "user@world.test";
    /** A member with an account here. */
    static final String MEMBER = "alice@staff.test";
    /** A public address whose only member is elsewhere. */
    static final String ONE = "one@company.test";
    /** An address that James forwards by itself. */
    static final String PLAIN = "plain@company.test";
    /** Where mail goes that leaves. */
    static final String REMOTE = "remote.test";

    private final TestServer server;

    private BenchmarkServer(TestServer server) {
        this.server = server;
    }

    /** With Mailveil: public addresses with one, ten and a hundred members. */
    static BenchmarkServer withMailveil(CountingSink sink) {
        TestServer server = prepared("bench-mailveil", sink);
        // as on a server of its own, everything is counted; only nobody sends so much that he has to wait
        for (String limit : new String[] {"messages.correspondent", "messages.user", "messages.forward", "phantoms", "recipients"}) {
            server.set("limits." + limit, "1000000");
        }
        BenchmarkServer result = started(server);
        IntStream.of(1, 10, 100).forEach(result::addPublicAddress);
        result.server.webAdmin().put("/mailveil/publicAddresses/help@company.test", "{\"displayName\":\"Help\"}").is(204);
        result.server.webAdmin().put("/mailveil/publicAddresses/help@company.test/members/" + MEMBER, "").is(204);
        return result;
    }

    /** Without it. */
    static BenchmarkServer jamesAlone(CountingSink sink) {
        TestServer server = prepared("bench-james", sink)
            .edit("extensions.properties", text -> "")
            .edit("healthcheck.properties", text -> "")
            .edit("webadmin.properties", text -> text.replaceAll("(?m)^extensions\\.routes=.*(?:\\\\\\n.*)*$", ""))
            .edit("smtpserver.xml", text -> withoutMailveil("handler", text))
            .edit("mailetcontainer.xml", text -> withoutMailveil("mailet", text));
        return started(server);
    }

    private static String withoutMailveil(String element, String xml) {
        return xml.replaceAll("<" + element + " [^>]*io\\.mailveil[^>]*/>", "")
            .replaceAll("(?s)<" + element + " [^>]*io\\.mailveil[^>]*[^/]>.*?</" + element + ">", "");
    }

    private static TestServer prepared(String name, CountingSink sink) {
        return TestServer.inFolder(name)
            .environment("MAILVEIL_SMARTHOST", "127.0.0.1:" + sink.port())
            .environment("MAILVEIL_HEAP", System.getProperty("bench.heap", "1g"))
            .environment("MAILVEIL_JAVA_OPTS", System.getProperty("bench.jvm", ""));
    }

    private static BenchmarkServer started(TestServer server) {
        server.start();
        for (String user : new String[] {OUTSIDER, MEMBER}) {
            server.webAdmin().put("/users/" + user, "{\"password\":\"" + PASSWORD + "\"}").is(204);
        }
        server.webAdmin().post("/mappings/address/" + PLAIN + "/targets/target@" + REMOTE, "").is(204);
        return new BenchmarkServer(server);
    }

    /** The public address with so many members. */
    static String publicAddress(int members) {
        return members == 1 ? ONE : "members" + members + "@company.test";
    }

    private void addPublicAddress(int members) {
        String path = "/mailveil/publicAddresses/" + publicAddress(members);
        server.webAdmin().put(path, "{\"displayName\":\"Help\"}").is(204);
        for (int i = 0; i < members; i++) {
            server.webAdmin().put(path + "/members/member" + i + "@" + REMOTE, "").is(204);
        }
    }

    /** The address under which the member writes to a correspondent. */
    String phantom() {
        return server.webAdmin().post("/mailveil/phantoms", "{\"publicAddress\":\"help@company.test\",\"member\":\"" + MEMBER
            + "\",\"correspondent\":\"carol@" + REMOTE + "\",\"name\":\"Carol\"}").is(201).json().path("address").asText();
    }

    int port(boolean submission) {
        return server.port(submission ? "submission" : "smtp");
    }

    /** The processor time that it has used since it was started. */
    Duration cpu() {
        return server.process().info().totalCpuDuration().orElseThrow();
    }

    void stop() {
        server.stop();
    }
}
