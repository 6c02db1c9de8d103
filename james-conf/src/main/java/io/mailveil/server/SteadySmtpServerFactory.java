package io.mailveil.server;

import javax.inject.Inject;

import org.apache.james.dnsservice.api.DNSService;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.protocols.lib.handler.ProtocolHandlerLoader;
import org.apache.james.protocols.netty.AllButStartTlsLineChannelHandlerFactory;
import org.apache.james.protocols.netty.ChannelHandlerFactory;
import org.apache.james.smtpserver.netty.SMTPServer;
import org.apache.james.smtpserver.netty.SMTPServerFactory;

/**
 * James's SMTP doors, with two things different: they read from a client no faster than they work off what it sends ({@link FlowControl}),
 * and take lines of up to 64 KB, since James drops a line that is too long for it and takes the rest of the message.
 */
class SteadySmtpServerFactory extends SMTPServerFactory {
    private static final int LONGEST_LINE = 64 * 1024;

    @Inject
    SteadySmtpServerFactory(DNSService dns, ProtocolHandlerLoader loader, FileSystem fileSystem, MetricFactory metrics) {
        super(dns, loader, fileSystem, metrics);
    }

    @Override
    protected SMTPServer createServer() {
        return new SMTPServer(smtpMetrics) {
            @Override
            protected ChannelHandlerFactory createFrameHandlerFactory() {
                ChannelHandlerFactory lines = new AllButStartTlsLineChannelHandlerFactory("starttls", LONGEST_LINE);
                return pipeline -> {
                    pipeline.addLast(new FlowControl());
                    return lines.create(pipeline);
                };
            }
        };
    }
}
