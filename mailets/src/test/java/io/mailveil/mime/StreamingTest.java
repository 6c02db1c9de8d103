package io.mailveil.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;

import com.sun.management.ThreadMXBean;

class StreamingTest {
    private static final int ATTACHMENT = 100 * 1024 * 1024;
    private static final int HEAP = 16 * 1024 * 1024;
    private static final byte[] LINE =
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The same line again and again. */
    private static final class Attachment extends InputStream {
        private int position;

        @Override
        public int read() {
            return position < ATTACHMENT ? LINE[position++ % LINE.length] : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(Math.min(length, ATTACHMENT - position), LINE.length - position % LINE.length);
            if (count <= 0) {
                return -1;
            }
            System.arraycopy(LINE, position % LINE.length, target, offset, count);
            position += count;
            return count;
        }
    }

    /** Counts what comes, and sums up the lines that look like the attachment. */
    private static final class Sink extends OutputStream {
        private final CRC32 sum = new CRC32();
        private long count;

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) {
            count += length;
            sum.update(octets, offset, length);
        }
    }

    @Test
    void anAttachmentOf100MegabytesShouldStream() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Sink sink = new Sink();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = System.nanoTime();
        rewriteLargeMessage(sink);
        long nanos = System.nanoTime() - start;
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

        assertThat(sink.count).isGreaterThan(ATTACHMENT);
        assertThat(allocated).isLessThan(HEAP);
        System.out.printf("100 MB attachment: %d MB/s, %d kB allocated%n", ATTACHMENT * 1000L / nanos, allocated / 1024);
    }

    @Test
    void aLargeAttachmentShouldComeOutToTheByte() throws Exception {
        CRC32 expected = new CRC32();
        byte[] chunk = new byte[64 * 1024];
        InputStream attachment = new Attachment();
        for (int count = attachment.read(chunk); count >= 0; count = attachment.read(chunk)) {
            expected.update(chunk, 0, count);
        }
        Sink sink = new Sink();
        new MessageRewriter().rewrite(new SequenceInputStream(new ByteArrayInputStream(
            "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), new Attachment()),
            new OutputStream() {
                private int state;

                @Override
                public void write(int octet) throws IOException {
                    throw new IOException("octet by octet");
                }

                @Override
                public void write(byte[] octets, int offset, int length) {
                    int from = offset;
                    if (state == 0) {
                        String start = new String(octets, offset, length, StandardCharsets.ISO_8859_1);
                        from = offset + start.indexOf("\r\n\r\n") + 4;
                        state = 1;
                    }
                    sink.write(octets, from, offset + length - from);
                }
            }, new SampleRewriting());
        assertThat(sink.count).isEqualTo(ATTACHMENT);
        assertThat(sink.sum.getValue()).isEqualTo(expected.getValue());
    }

    private static void rewriteLargeMessage(OutputStream out) throws IOException {
        InputStream in = new SequenceInputStream(Collections.enumeration(List.of(
            new ByteArrayInputStream(("Content-Type: multipart/mixed; boundary=\"----=_Part_123_456.789\"\r\n\r\n"
                + "------=_Part_123_456.789\r\n"
                + "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n").getBytes(StandardCharsets.US_ASCII)),
            new Attachment(),
            new ByteArrayInputStream("\r\n------=_Part_123_456.789--\r\n".getBytes(StandardCharsets.US_ASCII)))));
        new MessageRewriter().rewrite(in, out, new SampleRewriting());
    }

    /** Not asserted: machines differ. */
    @Test
    void aSmallMessageShouldBeQuick() throws Exception {
        String text = ("Dear Sir or Madam, please write to carol@world.test about it & 100% more.\r\n".repeat(2)
            + "Nothing in this line needs any change, and most lines are like that.\r\n".repeat(60)).substring(0, 4000);
        byte[] message = ("From: Carol <carol@world.test>\r\nSubject: hello\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Transfer-Encoding: 8bit\r\n\r\n" + text).getBytes(StandardCharsets.US_ASCII);
        long best = Long.MAX_VALUE;
        SampleRewriting rewriting = new SampleRewriting();
        for (int round = 0; round < 30; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 300; i++) {
                new MessageRewriter().rewrite(new ByteArrayInputStream(message), OutputStream.nullOutputStream(), rewriting);
            }
            best = Math.min(best, (System.nanoTime() - start) / 300);
        }
        System.out.printf("4 KB of text: %d us%n", best / 1000);
    }
}
