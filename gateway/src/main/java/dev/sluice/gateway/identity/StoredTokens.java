package dev.sluice.gateway.identity;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.TokenTable;
import dev.sluice.spec.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tokens as the store's table keeps them. Blocking, for any thread. */
public final class StoredTokens implements TokenBook {
    private final TokenTable table;

    public StoredTokens(TokenTable table) {
        this.table = table;
    }

    @Override
    public long version() throws StoreLost {
        return table.version();
    }

    @Override
    public List<TokenRecord> all() throws StoreLost {
        return table.list().stream().map(StoredTokens::record).toList();
    }

    private static TokenRecord record(TokenTable.Token row) {
        return new TokenRecord(
                row.id(),
                TokenHash.of(row.hash().toArray()),
                row.user(),
                row.description(),
                row.role().map(Role::parse),
                row.created(),
                row.expires(),
                row.revoked());
    }

    @Override
    public void add(TokenRecord token) throws StoreLost {
        table.add(new TokenTable.Token(
                token.id(),
                Bytes.of(token.hash().toArray()),
                token.user(),
                token.cap().map(Role::text),
                Optional.empty(),
                token.label(),
                token.created(),
                token.expires(),
                Optional.empty(),
                token.revoked()));
    }

    @Override
    public boolean revoke(String id, Instant at) throws StoreLost {
        return table.revoke(id, at);
    }
}
