package dev.sluice.slurm.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import com.jcraft.jsch.Session;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Opens sessions: strict host keys, public key or certificate only. From any thread. */
final class Connector {
    private final SshSettings settings;
    private final Credentials credentials;
    private final JSch jsch = new JSch();
    private final Semaphore handshakes;

    /** A session that is logged in, and when it has to end. */
    record Opened(Session session, Instant end) {}

    Connector(SshSettings settings, Credentials credentials) throws JSchException {
        this.settings = settings;
        this.credentials = credentials;
        this.handshakes = new Semaphore(settings.limits().handshakes());
        jsch.setKnownHosts(new ByteArrayInputStream(settings.knownHosts().getBytes(StandardCharsets.UTF_8)));
    }

    Opened open(String account, Duration most) throws NotConnected, InterruptedException {
        if (!handshakes.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NotConnected(
                    NotConnected.Scope.PASSING, "other logins to " + settings.host() + " took all the time");
        }
        try {
            return connected(account);
        } catch (JSchException failure) {
            throw classified(account, failure);
        } finally {
            handshakes.release();
        }
    }

    private Opened connected(String account) throws JSchException {
        Credentials.Offer offer = credentials.offer(account);
        Session session = jsch.getSession(account, settings.host(), settings.port());
        session.setIdentityRepository(new OneIdentity(offer.identity()));
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        session.setConfig("PubkeyAcceptedAlgorithms", offer.algorithm());
        session.setDaemonThread(true);
        session.setServerAliveInterval(
                Math.toIntExact(settings.limits().keepAlive().toMillis()));
        session.setServerAliveCountMax(3);
        try {
            session.connect(Math.toIntExact(settings.limits().connect().toMillis()));
        } catch (JSchException failure) {
            session.disconnect();
            throw failure;
        }
        return new Opened(session, offer.end());
    }

    private NotConnected classified(String account, JSchException failure) {
        String said = String.valueOf(failure.getMessage());
        String where = settings.host() + ":" + settings.port();
        return switch (failure) {
            case JSchChangedHostKeyException changed ->
                new NotConnected(
                        NotConnected.Scope.HOST,
                        "the host key of " + where + " is not the one in the settings (" + said
                                + "): someone else may be answering. If the host has a new key, put it into known-hosts");
            case JSchUnknownHostKeyException unknown ->
                new NotConnected(
                        NotConnected.Scope.HOST,
                        "the host key of " + where + " is in no line of the settings (" + said
                                + "): check it and put it into known-hosts");
            case JSchHostKeyException other ->
                new NotConnected(NotConnected.Scope.HOST, "the host key of " + where + " is refused: " + said);
            default ->
                said.startsWith("Auth") || said.contains("authentication failures")
                        ? new NotConnected(
                                NotConnected.Scope.ACCOUNT,
                                where + " does not let " + account + " in (" + said
                                        + "): no such account there, or it trusts another key or authority, or its clock is off")
                        : new NotConnected(NotConnected.Scope.PASSING, "no connection to " + where + ": " + said);
        };
    }
}
