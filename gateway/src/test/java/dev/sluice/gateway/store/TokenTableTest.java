package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTableTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00.123456789Z");

    @TempDir
    Path home;

    private static Bytes hash(int seed) {
        byte[] bits = new byte[32];
        Arrays.fill(bits, (byte) seed);
        return Bytes.of(bits);
    }

    private static TokenTable.Token token(String id, int seed) {
        return new TokenTable.Token(
                id,
                hash(seed),
                new UserName("ada"),
                Optional.of("viewer"),
                Optional.of(new TokenTable.Scope(new TreeSet<>(Set.of(new ProjectPath("physics"))))),
                "for the notebook \u00e9",
                NOW,
                Optional.of(NOW.plusSeconds(60)),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aTokenIsKeptFoundUsedAndRevoked() throws StoreLost {
        try (TokenTable tokens = TokenTable.open(new DataDirectory(home.resolve("data")))) {
            long none = tokens.version();
            TokenTable.Token token = token("a", 1);
            TokenTable.Token bare = new TokenTable.Token(
                    "b",
                    hash(2),
                    new UserName("bob"),
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    NOW.plusSeconds(1),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            tokens.add(token);
            tokens.add(bare);
            assertThat(tokens.list()).containsExactly(token, bare);
            assertThat(tokens.find(hash(1))).contains(token);
            assertThat(tokens.find(hash(3))).isEmpty();
            long two = tokens.version();
            assertThat(two).isNotEqualTo(none);

            tokens.used("a", NOW.plusSeconds(5));
            tokens.used("a", NOW.plusSeconds(6));
            assertThat(tokens.find(hash(1)).orElseThrow().used()).contains(NOW.plusSeconds(5));
            tokens.used("a", NOW.plusSeconds(4000));
            assertThat(tokens.find(hash(1)).orElseThrow().used()).contains(NOW.plusSeconds(4000));
            assertThat(tokens.version()).isEqualTo(two);

            assertThat(tokens.revoke("a", NOW.plusSeconds(7))).isTrue();
            assertThat(tokens.revoke("a", NOW.plusSeconds(9))).isTrue();
            assertThat(tokens.revoke("c", NOW)).isFalse();
            assertThat(tokens.find(hash(1)).orElseThrow().revoked()).contains(NOW.plusSeconds(7));
            assertThat(tokens.version()).isNotEqualTo(two);
        }
    }

    @Test
    void noHashIsTakenTwiceAndOnlyHashesAre() throws StoreLost {
        try (TokenTable tokens = TokenTable.open(new DataDirectory(home.resolve("data")))) {
            tokens.add(token("a", 1));
            assertThatThrownBy(() -> tokens.add(token("b", 1))).isInstanceOf(StoreLost.class);
            assertThatThrownBy(() -> tokens.add(token("a", 2))).isInstanceOf(StoreLost.class);
            assertThat(tokens.list()).hasSize(1);
        }
        assertThatThrownBy(() -> new TokenTable.Token(
                        "a",
                        Bytes.ofUtf8("slu_secret"),
                        new UserName("ada"),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        NOW,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOf(InvalidValue.class)
                .hasMessageNotContaining("secret");
    }

    /** Two connections and a gateway write at the same time: each waits, none fails. */
    @Test
    void aCommandLineWritesWhileTheGatewayCommits()
            throws StoreLost, StaleEpoch, ExecutionException, InterruptedException {
        DataDirectory directory = new DataDirectory(home.resolve("data"));
        SqliteStore store = SqliteStore.open(directory);
        try (TokenTable beside = TokenTable.open(directory);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> writing = other.submit(() -> {
                try (TokenTable tokens = TokenTable.open(directory)) {
                    for (int i = 0; i < 40; i++) {
                        tokens.add(token("t" + i, i));
                    }
                    return tokens.list().size();
                }
            });
            Scene scene = new Scene(store);
            for (int i = 0; i < 40; i++) {
                scene.submit(Scene.plain("job").build());
                beside.version();
            }
            assertThat(writing.get()).isEqualTo(40);
            assertThat(beside.list()).hasSize(40);
            assertThat(store.newest()).isEqualTo(80);
        } finally {
            store.close();
        }
    }
}
