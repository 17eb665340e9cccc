package dev.sluice.gateway.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import java.nio.file.Path;

/** A gateway's store in a process of its own, to be killed: it accepts jobs for ever, and says each that is on disk. */
final class CommitMain {
    private CommitMain() {}

    public static void main(String[] args) throws StoreLost, StaleEpoch {
        SqliteStore store = SqliteStore.open(new DataDirectory(Path.of(args[0])));
        Scene scene = new Scene(store, Long.parseLong(args[1]));
        System.out.println("leads");
        for (int i = 0; true; i++) {
            Batch batch = scene.submission(
                    Scene.plain("job-" + i).comment("y".repeat(1 + i % 900)).build());
            store.commit(batch);
            System.out.println(Scene.job(batch));
        }
    }
}
