package dev.sluice.slurm.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import dev.sluice.job.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Runs commands on the login node, each on a channel of its own. From any thread; blocks. */
final class Remote implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int MOST_ERRORS = 1 << 20;
    private static final int CHANNEL_TRIES = 6;
    private static final int TIMED_OUT = 124;
    private static final int KILLED = 137;

    private final SshSettings.Limits limits;
    private final Sessions sessions;
    private final RandomGenerator random;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ssh-watch").factory());

    /**
     * @param leastUid accounts below are refused
     * @param deadline by the cluster's clock; the command does not start after it and does not outlive it
     */
    record Call(String account, int leastUid, Command command, Optional<Instant> deadline) {}

    Remote(SshSettings.Limits limits, Sessions sessions, RandomGenerator random) {
        this.limits = limits;
        this.sessions = sessions;
        this.random = random;
        long idle = Math.max(1, limits.idle().toMillis() / 2);
        ScheduledFuture<?> unused = watch.scheduleWithFixedDelay(sessions::sweep, idle, idle, TimeUnit.MILLISECONDS);
    }

    /** 96 random bits as letters and digits. */
    String marker() {
        byte[] bytes = new byte[12];
        random.nextBytes(bytes);
        return "m" + HexFormat.of().formatHex(bytes);
    }

    Outcome run(Call call) {
        long until = System.nanoTime() + limits.connect().plus(limits.call()).toNanos();
        String refusals = "";
        try {
            for (int attempt = 1; attempt <= CHANNEL_TRIES; attempt++) {
                try (Sessions.Lease lease = sessions.lease(call.account(), until)) {
                    Optional<Outcome> outcome = tried(call, lease);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                    refusals = "no channel was to be had on a session of " + call.account();
                }
                TimeUnit.MILLISECONDS.sleep(random.nextLong(20L << attempt));
            }
            return new Outcome.Unsent(refusals);
        } catch (NotConnected failure) {
            return failure.outcome();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Outcome.Unsent("interrupted");
        }
    }

    /** @return empty where the server did not open a channel, so that nothing was sent */
    private Optional<Outcome> tried(Call call, Sessions.Lease lease) {
        CountDownLatch closed = new CountDownLatch(1);
        Sink out = new Sink(limits.output(), closed);
        Sink err = new Sink(MOST_ERRORS, new CountDownLatch(1));
        ChannelExec channel;
        OutputStream in;
        try {
            channel = (ChannelExec) lease.session().openChannel("exec");
            channel.setCommand(RemoteProgram.COMMAND);
            channel.setOutputStream(out);
            channel.setErrStream(err);
            in = channel.getOutputStream();
            channel.connect(Math.toIntExact(limits.connect().toMillis()));
        } catch (JSchException | IOException refused) {
            lease.refused();
            return Optional.empty();
        }
        String marker = marker();
        ScheduledFuture<?> watchdog =
                watch.schedule(channel::disconnect, limits.call().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        try {
            send(call, marker, in);
            closed.await();
            return Optional.of(read(marker, channel, out, err));
        } catch (IOException cut) {
            // What the other side said before it cut the line (no such shell, an expired password) tells more.
            return Optional.of(new Outcome.Lost("the connection broke while sending: " + cut.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.of(new Outcome.Lost("interrupted after the command was sent"));
        } finally {
            watchdog.cancel(false);
            channel.disconnect();
        }
    }

    private void send(Call call, String marker, OutputStream in) throws IOException {
        long deadline = call.deadline().map(Instant::getEpochSecond).orElse(0L);
        byte[] line = RemoteProgram.line(
                marker, deadline, Math.max(1, limits.call().toSeconds()), call.leastUid(), call.command());
        in.write(line);
        in.write(call.command().input().toArray());
        in.close();
    }

    private Outcome read(String marker, ChannelExec channel, Sink out, Sink err) throws InterruptedException {
        // Standard output is closed before the exit status arrives; the watchdog bounds the wait.
        for (long pause = 1; !channel.isClosed() && channel.isConnected(); pause = Math.min(50, pause * 2)) {
            TimeUnit.MILLISECONDS.sleep(pause);
        }
        byte[] output = out.bytes();
        Optional<byte[]> body = behind(output, marker + " run\n");
        if (body.isEmpty()) {
            return notRun(marker, channel, output, err);
        }
        int exit = channel.getExitStatus();
        if (exit < 0) {
            return new Outcome.Lost("the connection was lost before the command's end");
        }
        if (exit == TIMED_OUT || exit == KILLED) {
            return new Outcome.Lost("the command took too long and was ended");
        }
        if (out.isCut()) {
            return new Outcome.Lost("more than " + limits.output() + " bytes of output");
        }
        byte[] errors = err.bytes();
        return new Outcome.Ended(
                exit, body.get(), behind(errors, marker + " run\n").orElse(errors));
    }

    private static Outcome notRun(String marker, ChannelExec channel, byte[] output, Sink err) {
        String said = new String(output, StandardCharsets.UTF_8);
        int at = said.indexOf(marker + " uid ");
        if (at >= 0) {
            String uid = said.substring(at + marker.length() + 5).strip();
            return new Outcome.Barred(
                    Refusal.never("forbidden-account", "user id " + uid + " is below the least that jobs may run as"));
        }
        if (said.contains(marker + " late")) {
            return new Outcome.Unsent("the request arrived after its deadline");
        }
        if (channel.getExitStatus() < 0) {
            return new Outcome.Lost("the connection was lost before our program began");
        }
        String noise = (said + " " + new String(err.bytes(), StandardCharsets.UTF_8))
                .strip()
                .replaceAll("\\p{Cntrl}+", " ");
        return new Outcome.Lost("the account's shell ended (exit " + channel.getExitStatus()
                + ") before our program began: " + noise.substring(0, Math.min(300, noise.length())));
    }

    /** What follows the text, wherever it stands; the text is ASCII. */
    private static Optional<byte[]> behind(byte[] bytes, String text) {
        String latin = new String(bytes, 0, Math.min(bytes.length, 1 << 20), StandardCharsets.ISO_8859_1);
        int at = latin.indexOf(text);
        return at < 0 ? Optional.empty() : Optional.of(Arrays.copyOfRange(bytes, at + text.length(), bytes.length));
    }

    @Override
    public void close() {
        watch.shutdownNow();
        sessions.close();
    }
}
