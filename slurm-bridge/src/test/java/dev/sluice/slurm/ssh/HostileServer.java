package dev.sluice.slurm.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KeyPair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.shell.ProcessShellFactory;

/**
 * A login node on this machine that can misbehave: an SSH server that runs commands by {@code sh} as whoever runs the test, and in
 * front of it a listener that can cut connections before the server says a word.
 */
final class HostileServer implements AutoCloseable {
    private final SshServer server = SshServer.setUpDefaultServer();
    private final ServerSocket front;
    private final Path directory;
    private final PublicKey hostKey;
    private final AtomicInteger cuts = new AtomicInteger();

    private final Map<Session, AtomicInteger> channels = new ConcurrentHashMap<>();

    final AtomicInteger refused = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger sessionsOpen = new AtomicInteger();

    HostileServer(Path directory, String noise) throws Exception {
        this.directory = directory;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        java.security.KeyPair pair = generator.generateKeyPair();
        this.hostKey = pair.getPublic();
        KeyPair authority = KeyPair.genKeyPair(new JSch(), KeyPair.RSA, 2048);
        authority.writePrivateKey(authority().toString());
        KeyPair shared = KeyPair.genKeyPair(new JSch(), KeyPair.RSA, 2048);
        shared.writePrivateKey(sharedKey().toString());
        byte[] trusted = authority.getPublicKeyBlob();
        byte[] plain = shared.getPublicKeyBlob();
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(pair));
        server.setPublickeyAuthenticator((user, key, session) -> key instanceof OpenSshCertificate certificate
                ? certificate.getPrincipals().contains(user)
                        && java.util.Arrays.equals(blob(certificate.getCaPubKey()), trusted)
                : java.util.Arrays.equals(blob(key), plain));
        server.setCommandFactory((channel, command) ->
                new ProcessShellFactory(command, "/bin/sh", "-c", noise + command).createShell(channel));
        server.addSessionListener(new SessionListener() {
            @Override
            public void sessionCreated(Session session) {
                sessionsOpen.incrementAndGet();
            }

            @Override
            public void sessionClosed(Session session) {
                sessionsOpen.decrementAndGet();
            }
        });
        server.start();
        front = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    private static byte[] blob(PublicKey key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key);
        return buffer.getCompactData();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = front.accept();
                connections.incrementAndGet();
                if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    client.close();
                    continue;
                }
                Socket behind = new Socket("127.0.0.1", server.getPort());
                Thread.ofVirtual().start(() -> pump(client, behind));
                Thread.ofVirtual().start(() -> pump(behind, client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException cut) {
            // Either side hung up.
        }
    }

    /** As sshd does beyond MaxStartups: that many connections end before the server says a word. */
    void cutNext(int count) {
        cuts.set(count);
    }

    /** As sshd's MaxSessions: more channels at once on a connection are refused, and the connection lives on. */
    void channelsAtMost(int most) {
        server.setChannelFactories(List.of(new ChannelSessionFactory() {
            @Override
            public Channel createChannel(Session session) {
                return new ChannelSession() {
                    @Override
                    public OpenFuture open(long recipient, long window, long packet, Buffer buffer) {
                        AtomicInteger open = channels.computeIfAbsent(session, key -> new AtomicInteger());
                        if (open.incrementAndGet() > most) {
                            open.decrementAndGet();
                            refused.incrementAndGet();
                            OpenFuture future = new DefaultOpenFuture(this, this);
                            future.setException(new SshChannelOpenException(
                                    recipient, SshConstants.SSH_OPEN_CONNECT_FAILED, "open failed"));
                            return future;
                        }
                        addCloseFutureListener(closed -> open.decrementAndGet());
                        return super.open(recipient, window, packet, buffer);
                    }
                };
            }
        }));
    }

    void dropAll() throws IOException {
        for (Session session : server.getActiveSessions()) {
            session.close(true);
        }
    }

    Path authority() {
        return directory.resolve("authority");
    }

    Path sharedKey() {
        return directory.resolve("shared");
    }

    /** A command that the door finds before the real one. */
    void command(String name, String script) throws IOException {
        Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    String knownHosts() {
        return line(hostKey);
    }

    /** Another key under the same name. */
    String wrongKnownHosts() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return line(generator.generateKeyPair().getPublic());
    }

    private String line(PublicKey key) {
        return "[127.0.0.1]:" + front.getLocalPort() + " " + KeyUtils.getKeyType(key) + " "
                + Base64.getEncoder().encodeToString(blob(key)) + "\n";
    }

    /** By certificates, with whatever user runs the test for every account, and short times. */
    SshSettings settings() {
        return settings(knownHosts(), new SshSettings.Login.Certificates(authority(), Duration.ofMinutes(5)));
    }

    SshSettings settings(String knownHosts, SshSettings.Login login) {
        SshSettings.Limits limits = SshSettings.Limits.DEFAULTS;
        return new SshSettings(
                "127.0.0.1",
                front.getLocalPort(),
                knownHosts,
                "watcher",
                login,
                Optional.of(directory.resolve("bin").toString()),
                Optional.empty(),
                Optional.of(directory.resolve("claims").toString()),
                0,
                new SshSettings.Limits(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        limits.keepAlive(),
                        limits.idle(),
                        limits.mungeLife(),
                        limits.skew(),
                        limits.sessions(),
                        limits.channels(),
                        limits.handshakes(),
                        1 << 20));
    }

    @Override
    public void close() throws IOException {
        front.close();
        server.stop(true);
    }
}
