package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;

/** What came back for one request. */
sealed interface Reply {
    /** An object of JSON, whole. */
    record Json(int status, JsonNode body) implements Reply {}

    /** A whole answer that is no JSON: slurmrestd's own complaint, or one of something in front of it. */
    record Text(int status) implements Reply {}

    /** No answer, or none that can be read: the request may have been done, may be done later, or not. */
    record Lost(String why) implements Reply {}
}
