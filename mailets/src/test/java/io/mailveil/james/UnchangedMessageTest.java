package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.junit.jupiter.api.Test;

class UnchangedMessageTest {
    @Test
    void messageShouldBeWrittenAsItCameWhenARepositoryOfJamesWritesIt() throws Exception {
        byte[] message = ("From: Jürgen <carol@world.test>\r\nSubject: Grüße\r\nContent-Type: image/png\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n=this=is==no*base64\r\n").getBytes(StandardCharsets.UTF_8);
        MailImpl mail = MailImpl.builder().name("mail").build();
        try {
            mail.setMessageContent(MimeMessageInputStreamSource.create("mail", new ByteArrayInputStream(message)));
            UnchangedMessage copy = UnchangedMessage.of(mail);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            // what FileMailRepository does
            copy.loadMessage();
            copy.writeTo(out, out, null, true);
            assertThat(out.toByteArray()).isEqualTo(message);
            LifecycleUtil.dispose(copy);
        } finally {
            LifecycleUtil.dispose(mail);
        }
    }
}
