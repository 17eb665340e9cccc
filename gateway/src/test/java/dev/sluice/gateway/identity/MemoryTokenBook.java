package dev.sluice.gateway.identity;

import dev.sluice.engine.StoreLost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tokens in memory, which another process might change: a second {@link Tokens} over the same book. */
public final class MemoryTokenBook implements TokenBook {
    private final List<TokenRecord> tokens = new ArrayList<>();
    private long version;
    private boolean down;

    public synchronized void down(boolean value) {
        down = value;
    }

    private void check() throws StoreLost {
        if (down) {
            throw new StoreLost("the disk is away");
        }
    }

    @Override
    public synchronized long version() throws StoreLost {
        check();
        return version;
    }

    @Override
    public synchronized List<TokenRecord> all() throws StoreLost {
        check();
        return List.copyOf(tokens);
    }

    @Override
    public synchronized void add(TokenRecord token) throws StoreLost {
        check();
        tokens.add(token);
        version++;
    }

    @Override
    public synchronized boolean revoke(String id, Instant at) throws StoreLost {
        check();
        boolean found = tokens.stream().anyMatch(token -> token.id().equals(id));
        tokens.replaceAll(token -> token.id().equals(id) && token.revoked().isEmpty()
                ? new TokenRecord(
                        token.id(),
                        token.hash(),
                        token.user(),
                        token.label(),
                        token.cap(),
                        token.created(),
                        token.expires(),
                        Optional.of(at))
                : token);
        version++;
        return found;
    }
}
