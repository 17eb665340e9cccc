package dev.sluice.testkit.slurm;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.util.List;
import java.util.Objects;

/** What a container needs beyond Docker's default to be a cluster; docker/slurm-test-cluster/common.sh says why. */
final class Rights {
    private Rights() {}

    static void give(CreateContainerCmd create) {
        HostConfig host = Objects.requireNonNull(create.getHostConfig(), "Testcontainers makes one");
        host.withInit(true)
                .withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN)
                .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"));
    }
}
