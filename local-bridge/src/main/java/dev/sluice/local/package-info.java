/**
 * The bridge to this machine's own processes: for trials and laptops, and the contract's first real cluster.
 *
 * <p>What it is honest about: all jobs run as one account, the gateway's own user or the unprivileged one that the settings
 * name, so they are not protected from each other. CPUs and memory are counted, not enforced: nothing is killed for using
 * more, and no end is ever {@code OutOfMemory}. A job's processes are its session; what leaves that session and clears its
 * environment escapes. Pending tasks are started by a living bridge, first come, first fit: while the gateway is away, what
 * runs is supervised to its end, and nothing new starts. Setuid programs have no effect ({@code no_new_privs}). Under systemd
 * the gateway's unit needs {@code KillMode=process}, or jobs die with it.
 *
 * <p>It needs Linux with util-linux (setsid, setpriv) and coreutils from 8.31 on, and a local file system. Depends on core
 * alone.
 */
@NullMarked
package dev.sluice.local;

import org.jspecify.annotations.NullMarked;
