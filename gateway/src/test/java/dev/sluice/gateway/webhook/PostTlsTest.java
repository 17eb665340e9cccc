package dev.sluice.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.testkit.Fault;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to an address that was checked still verifies the name. */
class PostTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @Test
    @Fault("B24")
    void theCertificateHasToBeOfTheName(@TempDir Path directory) throws Exception {
        SSLContext context = context(directory);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        LinkedBlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            assertThat(post(context.getSocketFactory(), "https://hook.test:" + port + "/"))
                    .isEqualTo(new Post.Outcome.Answered(200));
            assertThat(bodies).containsExactly("told");
            assertThat(post(context.getSocketFactory(), "https://other.test:" + port + "/"))
                    .isInstanceOf(Post.Outcome.Failed.class);
            assertThat(post((SSLSocketFactory) SSLSocketFactory.getDefault(), "https://hook.test:" + port + "/"))
                    .isInstanceOf(Post.Outcome.Failed.class);
            assertThat(bodies).hasSize(1);
        } finally {
            server.stop(0);
        }
    }

    private static Post.Outcome post(SSLSocketFactory tls, String url) {
        try (Post post = new Post(
                new AddressRules(List.of(Cidr.parse("127.0.0.0/8"))),
                host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")},
                tls,
                Duration.ofSeconds(10))) {
            return post.post(url, Map.of(), "told".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Of a key for hook.test alone, which it trusts. */
    private static SSLContext context(Path directory) throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "hook",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hook.test",
                        "-ext",
                        "SAN=dns:hook.test",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory mine = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        mine.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(mine.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
