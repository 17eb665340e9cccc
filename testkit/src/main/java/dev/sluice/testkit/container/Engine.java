package dev.sluice.testkit.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.ResourceReaper;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * Testcontainers as we use it: without Ryuk, whose image no registry may have for us. What a JVM started goes when it ends; what
 * a killed JVM left behind goes when the next one on this machine starts a cluster.
 */
public final class Engine {
    /** A label that says whose a container is. */
    public static final String OWNER = "sluice.owner";

    private Engine() {}

    /**
     * Says that Ryuk is not wanted, which only a variable of the environment can say otherwise, and no user should have to set one;
     * and that what Testcontainers wants to look up from within a container, it does with our image and not with Alpine's.
     */
    public static synchronized void prepare(String image) {
        TestcontainersConfiguration.getInstance()
                .getClasspathProperties()
                .setProperty("tinyimage.container.image", image);
        try {
            Field instance = ResourceReaper.class.getDeclaredField("instance");
            instance.setAccessible(true);
            if (instance.get(null) == null) {
                Constructor<?> byHook = Class.forName("org.testcontainers.utility.JVMHookResourceReaper")
                        .getDeclaredConstructor();
                byHook.setAccessible(true);
                instance.set(null, byHook.newInstance());
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Testcontainers changed inside: set TESTCONTAINERS_RYUK_DISABLED=true and mend " + Engine.class, e);
        }
        removeOrphans(DockerClientFactory.instance().client());
    }

    /** This JVM, as a label: machine, process, and when that process began. */
    public static String owner() {
        return machine() + "/" + ofProcess(ProcessHandle.current());
    }

    private static void removeOrphans(DockerClient docker) {
        List<Container> ours = docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(OWNER))
                .exec();
        for (Container each : ours) {
            Map<String, String> labels = each.getLabels();
            String owner = labels == null ? "" : labels.getOrDefault(OWNER, "");
            if (owner.startsWith(machine() + "/")
                    && !isAlive(owner.substring(machine().length() + 1))) {
                try {
                    docker.removeContainerCmd(each.getId())
                            .withForce(true)
                            .withRemoveVolumes(true)
                            .exec();
                } catch (NotFoundException e) {
                    // Another JVM was faster.
                    continue;
                }
            }
        }
    }

    private static boolean isAlive(String process) {
        return ProcessHandle.of(Long.parseLong(process.substring(0, process.indexOf('/'))))
                .map(Engine::ofProcess)
                .filter(process::equals)
                .isPresent();
    }

    private static String ofProcess(ProcessHandle process) {
        return process.pid() + "/"
                + process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
