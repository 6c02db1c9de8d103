package io.mailveil.server;

import java.nio.file.Path;

/** What the demo prints when it serves. The commands are made to be pasted into a shell as they are. */
final class DemoGuide {
    private static final String TEXT = """
        Mailveil is ready

          SMTP, the internet side   %1$s      no login
          SMTP, submission          %2$s      login: a user and the password "demo"
          IMAP                      %3$s      login: the same
          WebAdmin                  http://%4$s   /mailveil/publicAddresses, /healthcheck, /metrics
          state, logs               %5$s

          public addresses   info@company.test (alice, bob)   sales@company.test (alice)   press@company.test (bob, without replies)
          inside             alice@staff.test   bob@staff.test   erin@staff.test
          outside            carol@world.test   dave@world.test   mallory@world.test

        Three things to try (paste them into another terminal):

        1. Carol, outside, writes to the help line.

        curl -sS --crlf smtp://%1$s --mail-from carol@world.test --mail-rcpt info@company.test -T - <<EOF
        From: Carol <carol@world.test>
        To: info@company.test
        Subject: Can I talk to somebody?
        Date: $(date -R)
        Message-ID: <$(date +%%s%%N)@world.test>

        Nobody at home must know that I write. Please answer to carol@world.test only.
        EOF

        2. Alice reads it. Carol's address is nowhere in it, not in her text either: a phantom address stands there.

        sleep 2; curl -sS 'imap://%3$s/INBOX;MAILINDEX=*' -u alice@staff.test:demo

        3. Alice answers the phantom address, and Carol gets the answer from the help line.

        PHANTOM=$(curl -sS 'imap://%3$s/INBOX;MAILINDEX=*' -u alice@staff.test:demo |
          grep -i -A1 '^From:' | grep -oE '[a-z2-7]{26}@company.test' | head -1)
        curl -sS --crlf smtp://%2$s -u alice@staff.test:demo --mail-from alice@staff.test --mail-rcpt "$PHANTOM" -T - <<EOF
        From: Alice <alice@staff.test>
        To: $PHANTOM
        Subject: Re: Can I talk to somebody?
        Date: $(date -R)
        Message-ID: <$(date +%%s%%N)@staff.test>

        Of course. Alice
        EOF
        sleep 2; curl -sS 'imap://%3$s/INBOX;MAILINDEX=*' -u carol@world.test:demo

        Ctrl-C stops the server; the next start finds everything again.
        """;

    private DemoGuide() {
    }

    static String text(Preflight endpoints, Path stateFolder) {
        return String.format(TEXT, endpoints.endpoints("smtp").get(0), endpoints.endpoints("smtp").get(1),
            endpoints.endpoints("imap").get(0), endpoints.webAdmin().orElseThrow(), stateFolder);
    }
}
