package dev.sluice.gateway.store;

import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Image;
import dev.sluice.engine.KeyUse;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.JobId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of idempotency keys, as far as one batch changes them.
 *
 * <p>They lie in the order of their writing, which is that of their expiry, and no index knows them by key. A key goes when it
 * has expired, so it is found among the first. A key that comes is new, or has expired and not gone yet: so it is looked for
 * among those that have expired.
 */
final class Uses {
    private static final Codec<KeyUse> CODEC = Codec.of(KeyUse.class);

    private final Session session;
    private final long at;
    private final Set<IdempotencyKey> going = new HashSet<>();
    private final Map<IdempotencyKey, KeyUse> coming = new LinkedHashMap<>();

    Uses(Session session, long at) {
        this.session = session;
        this.at = at;
    }

    void collect(IdempotencyKey key, Optional<Image> image) {
        if (image.isEmpty()) {
            going.add(key);
        } else {
            coming.put(key, ((Image.OfUse) image.get()).use());
        }
    }

    void write() throws SQLException {
        if (going.isEmpty() && coming.isEmpty()) {
            return;
        }
        for (long number : toDelete()) {
            session.row("DELETE FROM uses WHERE number = ?").put(number).write();
        }
        for (Map.Entry<IdempotencyKey, KeyUse> use : coming.entrySet()) {
            insert(use.getKey(), use.getValue());
        }
    }

    private List<Long> toDelete() throws SQLException {
        List<Long> found = new ArrayList<>();
        Set<IdempotencyKey> left = new HashSet<>(going);
        PreparedStatement query = session.statement("SELECT number, high, low, expires FROM uses ORDER BY number");
        try (ResultSet row = query.executeQuery()) {
            while (row.next() && (!left.isEmpty() || row.getLong(4) <= at)) {
                IdempotencyKey key = new IdempotencyKey(row.getLong(2), row.getLong(3));
                if (left.remove(key) || coming.containsKey(key)) {
                    found.add(row.getLong(1));
                }
            }
        }
        return found;
    }

    private void insert(IdempotencyKey key, KeyUse use) throws SQLException {
        boolean one = use.jobs().size() == 1;
        session.row("INSERT INTO uses (high, low, fingerprint, job, jobs, expires) VALUES (?, ?, ?, ?, ?, ?)")
                .put(key.high())
                .put(key.low())
                .put(use.fingerprint())
                .put(one ? (Integer) use.jobs().getFirst().value() : null)
                .put(one ? null : CODEC.write(use))
                .put(Times.nanos(use.expires()))
                .write();
    }

    /** Reads a row of high, low, fingerprint, job, jobs, expires. */
    static Image.OfUse read(ResultSet row) throws SQLException {
        IdempotencyKey key = new IdempotencyKey(row.getLong(1), row.getLong(2));
        @Nullable String whole = row.getString(5);
        if (whole != null) {
            return new Image.OfUse(key, CODEC.read(whole));
        }
        return new Image.OfUse(
                key, new KeyUse(row.getLong(3), List.of(new JobId(row.getInt(4))), Times.instant(row.getLong(6))));
    }
}
