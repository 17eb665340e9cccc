package dev.sluice.testkit.kubernetes;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.HostConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a container needs beyond Docker's default to be a cluster; docker/k8s-test-cluster/common.sh says why. */
final class Rights {
    private Rights() {}

    static void give(CreateContainerCmd create) {
        HostConfig host = Objects.requireNonNull(create.getHostConfig(), "Testcontainers makes one");
        host.withInit(true)
                .withCgroupnsMode("private")
                .withCapAdd(Capability.ALL)
                .withCapDrop(Capability.SYS_RESOURCE)
                .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
                .withDeviceCgroupRules(List.of("a *:* rwm"))
                .withDevices(new Device("rwm", "/dev/kmsg", "/dev/kmsg"))
                .withTmpFs(Map.of("/run", "exec", "/tmp", "exec"));
    }
}
