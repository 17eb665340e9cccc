package dev.sluice.policy.plan;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.util.TreeSet;

/** Entries of the queue that are alike in all but age: what one of them does not find, none of them does. */
final class Bucket {
    final Kind kind;
    final TreeSet<Entry> entries = new TreeSet<>(Entry.ORDER);

    /** What they have in common. */
    record Kind(int priorityClass, ProjectPath project, UserName user, Fit fit) {
        static Kind of(Entry entry) {
            Candidate candidate = entry.candidate();
            return new Kind(candidate.priorityClass(), candidate.project(), candidate.user(), entry.fit());
        }
    }

    Bucket(Kind kind) {
        this.kind = kind;
    }

    Fit fit() {
        return kind.fit();
    }
}
