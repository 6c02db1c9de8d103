package io.mailveil.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * All the DNS there is for a server under test: TXT records, over UDP on loopback. Names that were not published do not exist; some do not
 * work.
 */
public final class NameServer implements AutoCloseable {
    private static final int LONGEST_STRING = 255;

    private final DatagramSocket socket;
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    NameServer() {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where it listens. */
    int port() {
        return socket.getLocalPort();
    }

    /** From now on this name has this text. Choose a new name to change one: answers may be kept. */
    public NameServer publish(String name, String text) {
        texts.put(name, text);
        broken.remove(name);
        return this;
    }

    /** From now on this name, and all below it, is answered with "server failure". */
    public NameServer breakDown(String name) {
        broken.add(name);
        return this;
    }

    /** Works again. */
    public NameServer mend(String name) {
        broken.remove(name);
        return this;
    }

    /** Whether anybody has asked for a name in this domain. */
    public boolean wasAskedFor(String domain) {
        return asked.stream().anyMatch(name -> name.equals(domain) || name.endsWith("." + domain));
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // closed, or something that is no question
            }
        }
    }

    private Message answer(Message question) throws IOException {
        Record asks = question.getQuestion();
        String name = asks.getName().toString(true).toLowerCase(Locale.ROOT);
        asked.add(name);
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.AA);
        answer.addRecord(asks, Section.QUESTION);
        if (broken.stream().anyMatch(domain -> name.equals(domain) || name.endsWith("." + domain))) {
            answer.getHeader().setRcode(Rcode.SERVFAIL);
        } else if (!texts.containsKey(name)) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        } else if (asks.getType() == Type.TXT) {
            answer.addRecord(text(asks.getName(), texts.get(name)), Section.ANSWER);
        }
        return answer;
    }

    private static Record text(Name name, String text) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < text.length(); i += LONGEST_STRING) {
            pieces.add(text.substring(i, Math.min(text.length(), i + LONGEST_STRING)));
        }
        return new TXTRecord(name, DClass.IN, 60, pieces);
    }

    @Override
    public void close() {
        socket.close();
    }
}
