package dev.sluice.gateway.store;

/** What a purge took away for good. */
public record Purged(long jobs, long events) {}
