package dev.sluice.testkit.fake;

/** One life of a gateway, as a cluster sees it: whose requests die with it, save those that are under way. */
public record Sender(long number) {}
