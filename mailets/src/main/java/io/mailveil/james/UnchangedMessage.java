package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import javax.mail.MessagingException;

import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.Mail;

/**
 * A message that a mail repository of James writes to the octet. Its own way decodes and encodes the body again, and makes question marks
 * of whatever is not ASCII in the header; what is held has to come out as it came.
 */
final class UnchangedMessage extends MimeMessageWrapper {
    private final MimeMessageSource content;

    private UnchangedMessage(MimeMessageSource content) {
        super(content);
        this.content = content;
    }

    /** A copy of the message of this mail. */
    static UnchangedMessage of(Mail mail) throws MessagingException, IOException {
        try (InputStream in = MailReader.content(mail)) {
            return new UnchangedMessage(MimeMessageInputStreamSource.create(MailImpl.getId(), in));
        }
    }

    @Override
    public void writeTo(OutputStream header, OutputStream body, String[] ignored, boolean preLoad) throws IOException, MessagingException {
        if (isModified() || header != body || ignored != null && ignored.length > 0) {
            super.writeTo(header, body, ignored, preLoad);
            return;
        }
        try (InputStream in = content.getInputStream()) {
            in.transferTo(header);
        }
    }
}
