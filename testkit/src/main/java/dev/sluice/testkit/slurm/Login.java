package dev.sluice.testkit.slurm;

import java.nio.file.Path;

/** A user's private key and the certificate for it, both in OpenSSH's format, readable by this process alone. */
public record Login(String user, Path key, Path certificate) {}
