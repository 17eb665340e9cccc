package dev.sluice.job;

/**
 * What proves which object of a cluster an attempt is. Together with the attempt's id, which the object carries.
 *
 * @param nativeId SLURM: the job id; Kubernetes: the Job's name; here: the directory
 * @param incarnation what tells this object from another that got the same id later: SLURM: the submit time; Kubernetes:
 *     the uid; here: a token drawn when it was parked
 * @param owner the account of the cluster that it belongs to
 */
public record Binding(String nativeId, String incarnation, String owner) {}
