package io.mailveil.gateway;

import java.lang.management.ManagementFactory;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the thread itself used: says more than the clock on a machine that has other things to do. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class ProcessorTime {
    /** Of one iteration. */
    public long nanoseconds;
    /** Calls in one iteration. */
    public long calls;
    private long start;

    /** Begins. */
    @Setup(Level.Iteration)
    public void start() {
        calls = 0;
        start = now();
    }

    /** Ends. */
    @TearDown(Level.Iteration)
    public void stop() {
        nanoseconds = now() - start;
    }

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
