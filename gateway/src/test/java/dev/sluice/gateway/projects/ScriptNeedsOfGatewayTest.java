package dev.sluice.gateway.projects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.GatewayProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway of a local cluster and a Kubernetes that is never reached, and what their settings make of jobs' scripts. */
class ScriptNeedsOfGatewayTest {
    private static final String SETTINGS = """
            clusters:
              laptop: {type: local}
              k8s:
                type: kubernetes
                kubeconfig: '%s'
                users: {%s: {account: alice, uid: 2001, gid: 2001}}
                image: docker.io/library/ubuntu:24.04
                modules: [gcc/12.2]
                file-systems: [/scratch]
            """;
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            current-context: x
            users:
            - name: x
              user: {}
            clusters:
            - name: x
              cluster:
                server: http://127.0.0.1:1
            contexts:
            - name: x
              context:
                cluster: x
                user: x
            """;

    @TempDir
    Path directory;

    private static HttpResponse<String> submit(GatewayProcess gateway, String script, String more)
            throws IOException, InterruptedException {
        return gateway.send("POST", "/v1/jobs", "{\"script\":\"#!/bin/sh\\n" + script + "\"" + more + "}");
    }

    private GatewayProcess started() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), KUBECONFIG);
        Files.setPosixFilePermissions(kubeconfig, PosixFilePermissions.fromString("rw-------"));
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"), SETTINGS.formatted(kubeconfig, System.getProperty("user.name")));
        Path data = Files.createDirectory(directory.resolve("data"));
        GatewayProcess gateway = new GatewayProcess(data, List.of("--config", file.toString()));
        gateway.start();
        return gateway;
    }

    @Test
    void whatAScriptLoadsDecidesWhereItCanRun() throws IOException, InterruptedException {
        try (GatewayProcess gateway = started()) {
            gateway.awaitReady();
            HttpResponse<String> nowhere = submit(gateway, "module load gcc/13", "");
            assertThat(nowhere.statusCode()).isEqualTo(422);
            assertThat(nowhere.body())
                    .contains("cannot-run")
                    .contains("k8s: it needs environment modules gcc/13, the cluster has gcc/12.2")
                    .contains("laptop: laptop has no environment modules, found gcc/13");
            String[][] good = {
                {"module load gcc/12", ""},
                {"command -v module && module load gcc/13", ""},
                {"module load gcc/13", ",\"needs\":{\"modules\":[]}"},
                {"module load gcc/13", ",\"image\":\"docker.io/library/gcc:13\""},
            };
            for (String[] job : good) {
                HttpResponse<String> taken = submit(gateway, job[0], job[1]);
                assertThat(taken.statusCode())
                        .as("%s: %s", job[0], taken.body())
                        .isEqualTo(201);
            }
            HttpResponse<String> here =
                    submit(gateway, "module load gcc/12", ",\"routing\":{\"allowed\":[\"laptop\"]}");
            assertThat(here.statusCode()).isEqualTo(422);
        }
    }

    @Test
    void ofTheFileSystemsThatAScriptNamesThoseCountThatAClusterLists() throws IOException, InterruptedException {
        try (GatewayProcess gateway = started()) {
            gateway.awaitReady();
            HttpResponse<String> taken = submit(gateway, "cat /scratch/ada/in /data/in", "");
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
            String id = taken.body().replaceFirst("(?s).*\"id\":\\s*(\\d+).*", "$1");
            assertThat(gateway.send("GET", "/v1/jobs/" + id + "/spec", "").body())
                    .contains("\"fileSystems\":[\"/scratch\"]");
        }
    }
}
