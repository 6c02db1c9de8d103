package io.mailveil.server;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import javax.jms.JMSException;

import org.apache.activemq.blob.BlobTransferPolicy;
import org.apache.activemq.command.ActiveMQBlobMessage;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.queue.activemq.FileSystemBlobStrategy;

/** Writes the bodies of large mails as James does, and syncs file and folder before the mail that refers to them is queued. */
class SyncedBlobs extends FileSystemBlobStrategy {
    /** As many folders as James uses. */
    private static final int FOLDERS = 10;

    private final BlobTransferPolicy policy;

    SyncedBlobs(BlobTransferPolicy policy, FileSystem fileSystem) {
        super(policy, fileSystem, FOLDERS);
        this.policy = policy;
    }

    @Override
    public URL uploadStream(ActiveMQBlobMessage message, InputStream in) throws JMSException, IOException {
        File file = getFile(message);
        boolean done = false;
        try (in; FileOutputStream out = new FileOutputStream(file)) {
            byte[] buffer = new byte[policy.getBufferSize()];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
            out.getChannel().force(false);
            // its name is kept in the folder, and that of a new folder in the one above
            sync(file.getParentFile().toPath());
            sync(file.getParentFile().getParentFile().toPath());
            done = true;
            return file.toURI().toURL();
        } finally {
            if (!done) {
                file.delete();
            }
        }
    }

    private static void sync(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            // Windows opens no folders, and keeps names by itself
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
