package dev.sluice.gateway.cli;

/** Answers of a gateway, each held to the contract. */
final class Sample {
    private Sample() {}

    private static final String HEAD = """
            "project": "physics", "user": "ada", "changed": "2026-11-24T11:59:00Z", "priorityClass": 0, "limitSeconds": 3600,
            "labels": {}, "resources": {"nodes": 1, "cpus": 4, "memoryBytes": 8589934592, "gpus": {"a100": 2}}""";

    /** A job of one task. */
    static String job(int id, String name, String status, String more) {
        return Rig.valid("Job", """
                {"id": %d, "name": "%s", %s, "submitted": "2026-11-24T11:56:40Z", "status": "%s", "counts": {"%s": 1}, "tasks": "0",
                 "groups": [{"tasks": "0", "status": "%s"%s}]}""".formatted(id, name, HEAD, status, status, status, more));
    }

    static String job(int id, String status) {
        return job(id, "train", status, "");
    }

    /** An array of ten tasks, seven of which wait. */
    static String array(int id) {
        return Rig.valid("Job", """
                {"id": %d, "name": "sweep", %s, "submitted": "2026-11-21T08:00:00Z", "status": "mixed",
                 "counts": {"running": 2, "queued": 7, "failed": 1}, "tasks": "0-9",
                 "groups": [
                   {"tasks": "0", "status": "failed", "exitCode": 3, "cluster": "hpc", "started": "2026-11-24T11:00:00Z", "ended": "2026-11-24T11:00:05Z"},
                   {"tasks": "1-2", "status": "running", "cluster": "hpc", "native": "4711", "tries": 1, "started": "2026-11-24T10:00:00Z"},
                   {"tasks": "3-9", "status": "queued"}]}""".formatted(id, HEAD));
    }

    static String page(String... jobs) {
        return "{\"jobs\": [" + String.join(",", jobs) + "]}";
    }

    static String problem(int status, String code, String detail) {
        return Rig.valid("Problem", """
                {"type": "urn:sluice:problem:%s", "title": "No", "status": %d, "code": "%s", "detail": "%s"}""".formatted(code, status, code, detail));
    }

    static String event(long sequence, int job, String type) {
        return Rig.valid("Event", """
                {"sequence": %d, "at": "2026-11-24T11:59:58Z", "type": "%s", "job": %d, "tasks": "0", "status": "running", "cluster": "local"}""".formatted(sequence, type, job));
    }
}
