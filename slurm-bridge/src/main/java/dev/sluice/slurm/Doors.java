package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.ReadingDoor;
import dev.sluice.slurm.door.Remains;
import dev.sluice.slurm.door.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which door serves what at a site. Either alone is enough; of both, slurmrestd takes the jobs, and SSH, whose commands take many
 * jobs in one request and look whose an id is before they change anything, does the rest as long as it answers.
 *
 * @param submitting takes submits
 * @param reading reads, and changes what is there
 * @param remains claims and logs; empty without SSH
 */
public record Doors(Door submitting, ReadingDoor reading, Optional<Remains> remains) implements AutoCloseable {
    public static Doors ssh(Door ssh, Remains remains) {
        return new Doors(ssh, ssh, Optional.of(remains));
    }

    public static Doors rest(Door rest) {
        return new Doors(rest, rest, Optional.empty());
    }

    public static Doors both(Door rest, Door ssh, Remains remains) {
        return new Doors(rest, new Fallback(ssh, rest, System::nanoTime), Optional.of(remains));
    }

    List<Answer<Door.Done>> release(Owner owner, List<Target> targets, Instant fence) {
        return reading.release(owner, targets, fence);
    }

    @Override
    public void close() {
        reading.close();
    }
}
