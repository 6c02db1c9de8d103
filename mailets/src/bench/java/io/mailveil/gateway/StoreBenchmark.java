package io.mailveil.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.store.Forward;
import io.mailveil.store.Phantom;
import io.mailveil.store.TestStore;

/** What a message asks of the store, on Derby on disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StoreBenchmark {
    private Path folder;
    private TestGateway gateway;
    private Forward forward;
    private Phantom phantom;
    private long number;

    /** The demo world and one correspondent. */
    @Setup
    public void prepare() throws IOException {
        folder = Files.createTempDirectory("mailveil-bench");
        gateway = new TestGateway(folder);
        gateway.reset();
        forward = gateway.forward(TestGateway.SALES, TestGateway.ALICE);
        phantom = find(TestGateway.CAROL);
    }

    private Phantom find(EmailAddress person) {
        return store().phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, new Correspondent(person, ""));
    }

    private TestStore store() {
        return gateway.store;
    }

    /** Ends Derby. */
    @TearDown
    public void clear() throws IOException {
        gateway.close();
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }

    /** The phantom of a correspondent who has written before. */
    @Benchmark
    public Phantom knownCorrespondent(ProcessorTime time) {
        time.calls++;
        return find(TestGateway.CAROL);
    }

    /** A phantom for somebody new. */
    @Benchmark
    public Phantom firstContact(ProcessorTime time) {
        time.calls++;
        return find(EmailAddress.of("c" + number++ + "@world.test"));
    }

    /** Whom a phantom stands for. */
    @Benchmark
    public Phantom lookUp(ProcessorTime time) {
        time.calls++;
        return store().phantoms.find(phantom.address()).orElseThrow();
    }

    /** The lock under which a message leaves. */
    @Benchmark
    public boolean handOver(ProcessorTime time) {
        time.calls++;
        return store().forwards.handOver(forward, () -> { });
    }
}
