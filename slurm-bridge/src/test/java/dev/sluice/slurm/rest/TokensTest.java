package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens: made, kept, renewed, and never longer than the fence. */
final class TokensTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_568_400);
    private static final Instant FAR = Instant.MAX;
    private static final Duration SKEW = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    /** A clock that is moved by hand. */
    private Instant now = NOW;

    private final InstantSource clock = () -> now;

    private Wallet wallet(Duration life) throws IOException {
        Files.writeString(folder.resolve("key"), "0123456789abcdef".repeat(4));
        return new Wallet(new KeyTokens(folder.resolve("key"), clock), life, SKEW, clock);
    }

    @Test
    void aTokenIsSignedAsAnyOtherProgramWould() throws IOException {
        // Reference: Python's hmac over the same claims and key.
        assertThat(wallet(Duration.ofSeconds(60)).get("alice", FAR).text())
                .isEqualTo("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
                        + ".eyJpYXQiOjE3OTU1Njg0MDAsImV4cCI6MTc5NTU2ODQ2MCwic3VuIjoiYWxpY2UifQ"
                        + ".nnny7h6J6ZhbazWOf9C__FyOAgZNgoskfnG-vZpg4kk");
    }

    @Test
    @Fault("F38")
    void aTokenWithFiveSecondsToLiveIsRenewed() throws IOException {
        Wallet wallet = wallet(Duration.ofSeconds(10));
        Token first = wallet.get("alice", FAR);
        assertThat(wallet.get("alice", FAR)).isSameAs(first);
        now = first.end().minusSeconds(5);
        Token second = wallet.get("alice", FAR);
        assertThat(second.end()).isEqualTo(now.plusSeconds(10));
    }

    @Test
    void aTokenIsKeptForTwoThirdsOfItsLife() throws IOException {
        Wallet wallet = wallet(Duration.ofSeconds(60));
        Token first = wallet.get("alice", FAR);
        now = NOW.plusSeconds(39);
        assertThat(wallet.get("alice", FAR)).isSameAs(first);
        now = NOW.plusSeconds(40);
        assertThat(wallet.get("alice", FAR)).isNotSameAs(first);
    }

    @Test
    @Fault("F55")
    void aTokenEndsAtTheFenceAtTheLatestByTheClustersClockToo() throws IOException {
        Wallet wallet = wallet(Duration.ofSeconds(60));
        Instant far = wallet.get("alice", FAR).end();
        assertThat(far).isEqualTo(NOW.plusSeconds(60));
        Instant fence = NOW.plusSeconds(30);
        assertThat(wallet.get("alice", fence).end()).isBeforeOrEqualTo(fence.minus(SKEW));
        now = NOW.plusSeconds(4);
        Instant sixty = NOW.plusSeconds(65);
        assertThat(wallet.get("alice", FAR).end()).isAfter(NOW);
        assertThat(wallet.get("alice", sixty).end())
                .as("made late, for a fence that was drawn before")
                .isBeforeOrEqualTo(sixty.minus(SKEW));
        now = NOW;
        assertThatThrownBy(() -> wallet.get("alice", NOW.plusSeconds(16)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing was sent");
        assertThatThrownBy(() -> wallet.get("alice", NOW.minusSeconds(1))).isInstanceOf(IOException.class);
    }

    @Test
    void aTokenThatLivesTooLongIsNotUsedForAChange() throws IOException {
        Path file = Files.writeString(
                folder.resolve("root"), jwt("{\"exp\":" + NOW.plusSeconds(600).getEpochSecond() + "}"));
        Wallet wallet = new Wallet(new AdministratorToken(file), Duration.ofSeconds(60), SKEW, clock);
        assertThat(wallet.get("alice", FAR).end()).isEqualTo(NOW.plusSeconds(600));
        assertThatThrownBy(() -> wallet.get("alice", NOW.plusSeconds(90)))
                .hasMessageContaining("outlives the fence")
                .hasMessageNotContaining("eyJ");
        Files.writeString(file, jwt("{\"sun\":\"root\"}"));
        assertThatThrownBy(() -> wallet.get("alice", NOW.plusSeconds(90)))
                .as("one that never ends")
                .hasMessageContaining("outlives the fence");
        Files.writeString(file, jwt("{\"exp\":" + NOW.plusSeconds(70).getEpochSecond() + "}"));
        assertThat(wallet.get("alice", NOW.plusSeconds(90)).end()).isEqualTo(NOW.plusSeconds(70));
    }

    @Test
    void manyWhoWantATokenHaveOneMade() throws Exception {
        Path count = folder.resolve("count");
        List<String> argv = List.of(
                "/bin/sh",
                "-c",
                "echo x >>\"$0\"; sleep 0.2; printf 'SLURM_JWT=tok-%s\\n' \"$1\"",
                count.toString(),
                "%u");
        Wallet wallet = new Wallet(
                new CommandTokens(argv, Duration.ofSeconds(20), InstantSource.system()),
                Duration.ofSeconds(60),
                SKEW,
                InstantSource.system());
        Set<String> texts = new HashSet<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Token>> all = java.util.stream.IntStream.range(0, 20)
                    .mapToObj(i -> pool.submit(() -> wallet.get("alice", FAR)))
                    .toList();
            for (Future<Token> one : all) {
                texts.add(one.get().text());
            }
        }
        assertThat(texts).containsExactly("tok-alice");
        assertThat(Files.readAllLines(count)).hasSize(1);
        wallet.forget("alice");
        assertThat(wallet.get("alice", FAR).text()).isEqualTo("tok-alice");
        assertThat(Files.readAllLines(count)).hasSize(2);
    }

    @Test
    void aCommandGetsUserAndLifeAsWordsAndNoEnvironment() throws IOException {
        CommandTokens tokens = command("printf '%s-%s-%s' \"$1\" \"$2\" \"${HOME-none}\"", Duration.ofSeconds(20));
        assertThat(tokens.mint("alice", Duration.ofSeconds(42)).text()).isEqualTo("alice-42-none");
    }

    @Test
    @Fault("F38")
    void aCommandThatFailsStallsOrBabblesGivesNoToken() {
        assertThatThrownBy(() -> command("echo secret-token; exit 3", Duration.ofSeconds(20))
                        .mint("a", life()))
                .isInstanceOf(IOException.class)
                .hasMessage("the token command ended with 3");
        assertThatThrownBy(
                        () -> command("exec sleep 30", Duration.ofMillis(200)).mint("a", life()))
                .hasMessage("the token command did not end within 200 ms");
        assertThatThrownBy(() -> command("printf 'a: b\\r\\nX-Evil: 1'", Duration.ofSeconds(20))
                        .mint("a", life()))
                .hasMessageContaining("no token")
                .hasMessageNotContaining("Evil");
        assertThatThrownBy(() -> new CommandTokens(
                                List.of("/no/such/program", "%u"), Duration.ofSeconds(1), InstantSource.system())
                        .mint("a", life()))
                .hasMessage("the token command does not start");
    }

    @Test
    void whatACommandLeavesBehindHoldsNobody() {
        long from = System.nanoTime();
        // Java reads on, or gives up at the program's end: either way there is no token, and soon.
        assertThatThrownBy(() ->
                        command("sleep 60 & exit 0", Duration.ofMillis(300)).mint("a", life()))
                .isInstanceOf(IOException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void noTokenIsInAnyText() throws IOException {
        Token token = wallet(Duration.ofSeconds(60)).get("alice", FAR);
        assertThat(token).hasToString("***");
        assertThat(Token.read("not a token\n", FAR)).isEmpty();
        assertThat(Token.read("  SLURM_JWT=abc.def\n", FAR)).contains(new Token("abc.def", FAR));
    }

    private static Duration life() {
        return Duration.ofSeconds(60);
    }

    private static CommandTokens command(String script, Duration timeout) {
        return new CommandTokens(List.of("/bin/sh", "-c", script, "sh", "%u", "%t"), timeout, InstantSource.system());
    }

    private static String jwt(String claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return "eyJhbGciOiJIUzI1NiJ9."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2lnbmF0dXJl";
    }
}
