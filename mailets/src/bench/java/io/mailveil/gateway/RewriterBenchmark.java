package io.mailveil.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import io.mailveil.address.ForwardId;
import io.mailveil.address.Keys;
import io.mailveil.address.TestKeys;
import io.mailveil.mime.MessageRewriter;

/** A message through the rewriter, header and body, without the store. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RewriterBenchmark {
    /** What {@link SampleMessages} has. */
    @Param({"text", "text-with-addresses", "quoted-printable", "base64-text", "html", "japanese", "200k-attachment", "25m-attachment"})
    public String kind;

    private final MessageRewriter rewriter = new MessageRewriter();
    private final Keys keys = TestKeys.fresh();
    private final ForwardId forward = ForwardId.random();
    private final Settings settings = Settings.of(Map.of());
    private byte[] message;

    /** Makes the message. */
    @Setup
    public void prepare() {
        message = SampleMessages.message(kind);
    }

    /** From memory to nowhere. */
    @Benchmark
    public void rewrite(ProcessorTime time) throws IOException {
        time.calls++;
        rewriter.rewrite(new ByteArrayInputStream(message), OutputStream.nullOutputStream(), new KnownPeople(keys, forward, settings));
    }
}
