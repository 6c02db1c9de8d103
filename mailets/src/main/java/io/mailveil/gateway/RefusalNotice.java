package io.mailveil.gateway;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.DeliveryNotice;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;

/** Tells a user whose mail was refused after SMTP had taken it. He knows the recipients, since he wrote to them. */
public final class RefusalNotice {
    private static final String STATUS = "5.7.1";

    private final Clock clock;

    /** With the time of this clock. */
    public RefusalNotice(Clock clock) {
        this.clock = clock;
    }

    /**
     * The message; empty where a program wrote the refused one, which is not answered (RFC 3834 section 2).
     *
     * @param user    who wrote it, proven
     * @param refused to whom
     * @param why     the words that SMTP would have used, with a status code before them
     */
    public Optional<byte[]> octets(EmailAddress postmaster, EmailAddress user, Arrival arrival, Collection<EmailAddress> refused,
            String why) {
        if (refused.isEmpty() || AutomaticMail.isAutomatic(arrival.sender(), arrival.header())) {
            return Optional.empty();
        }
        List<HeaderField> header = new ArrayList<>(NoticeWriter.fields(postmaster, user, "Your message was not sent", clock));
        Optional<String> id = arrival.header().first("Message-ID").map(HeaderField::body)
            .filter(body -> body.matches("<[!-;=?-~]{1,900}>"));
        id.ifPresent(original -> header.add(new HeaderField("In-Reply-To", original)));

        EmailAddress first = refused.iterator().next();
        StringBuilder text = new StringBuilder("Your message was not sent to\n\n");
        refused.forEach(recipient -> text.append("    ").append(recipient).append('\n'));
        text.append("\nReason: ").append(why).append('\n');
        List<HeaderField> returned = new ArrayList<>();
        returned.add(new HeaderField("To", first.toString()));
        id.ifPresent(original -> returned.add(new HeaderField("Message-ID", original)));
        return Optional.of(new DeliveryNotice(new Header(header), text.toString(),
            List.of(new HeaderField("Reporting-MTA", "dns; " + postmaster.domain())),
            List.of(new HeaderField("Final-Recipient", "rfc822; " + first), new HeaderField("Action", "failed"),
                new HeaderField("Status", why.matches("[45]\\.[0-9]+\\.[0-9]+ .*") ? why.split(" ")[0] : STATUS)), returned).octets());
    }
}
