package io.mailveil.server;

import org.apache.james.protocols.netty.HandlerConstants;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stops reading from a connection while much of what came is still to be worked off. James itself reads on, and what it has read waits in
 * memory, line by line: a few large messages at once fill it, and none gets through.
 *
 * <p>Stands before the handler that cuts lines, which works on a thread of its own and hands them back to that of the connection. What
 * is sent the same way after a piece of input arrives when all lines of the piece are worked off.
 */
final class FlowControl extends ChannelInboundHandlerAdapter {
    private static final int MUCH = 512 * 1024;
    private static final int LITTLE = 64 * 1024;

    // of the thread of the connection only
    private int waiting;
    private boolean stopped;

    @Override
    public void channelRead(ChannelHandlerContext context, Object input) {
        ChannelHandlerContext lines = context.pipeline().context(HandlerConstants.FRAMER);
        int octets = input instanceof ByteBuf && lines != null ? ((ByteBuf) input).readableBytes() : 0;
        context.fireChannelRead(input);
        if (octets == 0) {
            return;
        }
        waiting += octets;
        if (waiting > MUCH && !stopped) {
            stopped = true;
            context.channel().config().setAutoRead(false);
        }
        lines.executor().execute(() -> context.executor().execute(() -> workedOff(context, octets)));
    }

    private void workedOff(ChannelHandlerContext context, int octets) {
        waiting -= octets;
        if (stopped && waiting < LITTLE) {
            stopped = false;
            context.channel().config().setAutoRead(true);
        }
    }
}
