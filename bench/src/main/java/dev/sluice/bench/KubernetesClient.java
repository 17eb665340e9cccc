package dev.sluice.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The least that speaks to an API server: text out, text in, a connection for each call under way, by HTTP/1.1. */
final class KubernetesClient implements AutoCloseable {
    private final String server;
    private final String token;
    private final HttpClient client;

    private KubernetesClient(String server, String token, HttpClient client) {
        this.server = server;
        this.token = token;
        this.client = client;
    }

    /** @param kubeconfig with a token, as the test cluster's are written */
    static KubernetesClient of(Path kubeconfig) throws IOException {
        String text = Files.readString(kubeconfig);
        byte[] authority = Base64.getDecoder().decode(value(text, "certificate-authority-data"));
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority)));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return new KubernetesClient(
                    value(text, "server"),
                    value(text, "token"),
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .sslContext(tls)
                            .build());
        } catch (GeneralSecurityException e) {
            throw new IOException(kubeconfig + ": " + e, e);
        }
    }

    private static String value(String text, String key) throws IOException {
        Matcher found = Pattern.compile(key + ": \"?([^\",}]+)").matcher(text);
        if (!found.find()) {
            throw new IOException("expected a kubeconfig with " + key + ", found none");
        }
        return found.group(1);
    }

    /**
     * What the server answers.
     *
     * @param body empty for none; of a PATCH an RFC 7386 merge
     * @throws IOException when it refuses
     */
    String send(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(server + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json")
                        .header(
                                "Content-Type",
                                method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }
}
