package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Mount.Access;
import dev.sluice.testkit.Fault;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an administrator cannot write. */
class AccountTest {
    @Test
    @Fault("B22")
    void isNeverOneOfTheSystems() {
        refused("root", 1000, 1000, 1000);
        refused("Alice", 1000, 1000, 1000);
        refused("a;b", 1000, 1000, 1000);
        refused("alice", 0, 1000, 1000);
        refused("alice", 999, 1000, 1000);
        refused("alice", 1L << 31, 1000, 1000);
        refused("alice", 1000, 0, 1000);
        refused("alice", 1000, 1000, 0);
        refused("alice", 1000, 1000, -1);
        refused("alice", 1000, 1000, 1L << 31);
    }

    private static void refused(String name, long uid, long gid, long group) {
        assertThatThrownBy(() -> Account.of(name, uid, gid, List.of(group))).isInstanceOf(InvalidValue.class);
    }

    @Test
    void volumesAreAbsoluteAndOursIsTaken() {
        assertThatThrownBy(() -> new NamedVolume.HostPath("data", Access.READ_ONLY))
                .isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> new NamedVolume.Nfs("nfs", "data", Access.READ_ONLY))
                .isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> Samples.site()
                        .withVolumes(
                                new TreeMap<>(Map.of("sluice", new NamedVolume.Claim("results", Access.READ_WRITE)))))
                .isInstanceOf(InvalidValue.class);
    }
}
