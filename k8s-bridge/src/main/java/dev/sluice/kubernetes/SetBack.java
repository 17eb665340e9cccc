package dev.sluice.kubernetes;

import dev.sluice.cluster.Doubt;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an etcd that was restored from a snapshot makes of Jobs that were released after it: they stand there parked, as if nothing of
 * them had run. Whoever was seen released is marked, so that nobody lets it run a second time.
 */
final class SetBack {
    private final Api api;

    SetBack(Api api) {
        this.api = api;
    }

    /**
     * Marks them.
     *
     * @param now all Jobs of ours as they stand
     * @param released those that were seen released before, by uid
     * @return empty when it is done; else it has to be done again
     */
    Optional<Doubt> mark(List<Job> now, Set<String> released) {
        for (Job job : now) {
            boolean mayRelease = Holds.word(job)
                    .filter(word -> word == Holds.Word.PARKED || word == Holds.Word.HELD)
                    .isPresent();
            if (mayRelease && released.contains(job.getMetadata().getUid())) {
                String path = Paths.job(
                        job.getMetadata().getNamespace(), job.getMetadata().getName());
                Reply<Job> marked =
                        api.patch(path, Holds.patch(job).held(Holds.Word.RAN).build(), Job.class);
                if (!(marked instanceof Reply.Said<Job>) && !(marked instanceof Reply.Absent<Job>)) {
                    return Optional.of(marked.doubt("a Job that had run was set back, and"));
                }
            }
        }
        return Optional.empty();
    }
}
