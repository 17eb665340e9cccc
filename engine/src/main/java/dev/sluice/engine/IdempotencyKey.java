package dev.sluice.engine;

/** A client's key for a request, hashed with its principal to 128 bits. */
public record IdempotencyKey(long high, long low) {}
