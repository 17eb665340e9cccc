package dev.sluice.gateway.identity;

import dev.sluice.engine.StoreLost;
import java.time.Instant;
import java.util.List;

/** Where tokens are kept. Other processes write there too: the command line. Blocking, for any thread. */
public interface TokenBook {
    /** A number that is another one after every change, whoever made it. */
    long version() throws StoreLost;

    /** All of them, the expired and the revoked too. */
    List<TokenRecord> all() throws StoreLost;

    /** Keeps a new one; on return it is on disk. */
    void add(TokenRecord token) throws StoreLost;

    /** Revokes one for good; false when there is none with this id. A second time changes nothing. */
    boolean revoke(String id, Instant at) throws StoreLost;
}
