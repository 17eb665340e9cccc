package dev.sluice.slurm.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** Keeps what a channel brings, up to a limit, and tells when it is closed. Written by the session's thread. */
final class Sink extends OutputStream {
    private final int most;
    private final CountDownLatch closed;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean full;

    Sink(int most, CountDownLatch closed) {
        this.most = most;
        this.closed = closed;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int room = Math.min(length, most - kept.size());
        full |= room < length;
        kept.write(bytes, offset, room);
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
    }

    synchronized byte[] bytes() {
        return kept.toByteArray();
    }

    synchronized boolean isCut() {
        return full;
    }
}
