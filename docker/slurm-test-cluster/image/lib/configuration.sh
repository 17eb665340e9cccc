# Writes /etc/slurm and the keys. slurm.conf's last lines are LAB_EXTRA_CONF, so that they win.
# shellcheck shell=bash

write_keys() {
    umask 077
    mkdir -p /etc/munge
    printf 'munge-%s' "$LAB_SECRET" | sha512sum | cut -c1-128 | tr -d '\n' >/etc/munge/munge.key
    printf 'jwt-%s' "$LAB_SECRET" | sha256sum | cut -c1-64 | tr -d '\n' >/etc/slurm/jwt_hs256.key
    chown -R munge: /etc/munge /run/munge /var/log/munge /var/lib/munge
    chmod 755 /run/munge
    chown slurm: /etc/slurm/jwt_hs256.key
    umask 022
}

# Nodes share one address in the single container: slurmd -N needs a host name of its own for each, not --enable-multiple-slurmd.
node_lines() {
    local common="CPUs=$LAB_CPUS RealMemory=$LAB_MEMORY_MB Gres=gpu:a100:$LAB_GPUS State=UNKNOWN" last=$LAB_NODE_COUNT
    if [ "$LAB_ROLE" != all ]; then
        echo "NodeName=$LAB_NODES Feature=lab $common"
        return
    fi
    local i feature
    for i in $(seq 1 "$last"); do
        feature=lab
        [ "$i" -eq 1 ] || feature=lab,fast
        echo "NodeName=n$i NodeHostname=n$i NodeAddr=127.0.0.1 Port=$((17000 + i)) Feature=$feature $common"
    done
}

node_names() { if [ "$LAB_ROLE" = all ]; then echo "n[1-$LAB_NODE_COUNT]"; else echo "$LAB_NODES"; fi; }

slurm_conf() {
    cat <<C
ClusterName=lab
SlurmctldHost=$LAB_CONTROLLER
SlurmUser=slurm
AuthType=auth/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=/etc/slurm/jwt_hs256.key
StateSaveLocation=/var/spool/slurmctld
SlurmdSpoolDir=/var/spool/slurmd/%n
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd-%n.pid
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd-%n.log
SlurmctldDebug=$LAB_CTLD_DEBUG
SlurmdDebug=info
DebugFlags=NO_CONF_HASH
MpiDefault=none
ReturnToService=2
SlurmdTimeout=$LAB_SLURMD_TIMEOUT
SlurmctldTimeout=30
KillWait=$LAB_KILL_WAIT
MessageTimeout=30
MinJobAge=$LAB_MIN_JOB_AGE
MaxArraySize=$LAB_MAX_ARRAY_SIZE
MaxJobCount=100000
EnforcePartLimits=$LAB_ENFORCE_PART_LIMITS
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=5,bf_continue
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PriorityType=priority/multifactor
PriorityWeightQOS=1000
PriorityWeightFairshare=1000
PriorityWeightAge=100
JobRequeue=1
GresTypes=gpu
Licenses=$LAB_LICENSES
MailProg=/usr/local/sbin/lab-mail
SlurmdParameters=config_overrides
C
    # An empty SwitchType is refused; switch/none was its name until 23.02.
    [ "$LAB_GENERATION" -ge 2311 ] || echo "SwitchType=switch/none"
    [ -z "$LAB_PRIVATE_DATA" ] || echo "PrivateData=$LAB_PRIVATE_DATA"
    memory_lines
    node_lines
    cat <<C
PartitionName=DEFAULT Nodes=ALL DefMemPerCPU=100 State=UP PriorityTier=1 PreemptMode=OFF
PartitionName=debug Default=YES DefaultTime=10 MaxTime=1-0
PartitionName=long MaxTime=7-0
PartitionName=short MaxTime=5 DefaultTime=2
PartitionName=gpu MaxTime=1-0 DefaultTime=10
PartitionName=preempt MaxTime=1-0 DefaultTime=10 PreemptMode=REQUEUE
PartitionName=urgent MaxTime=1-0 DefaultTime=10 PriorityTier=10
PartitionName=down State=DOWN
C
    if [ "$LAB_ACCOUNTING" = 1 ]; then
        cat <<C
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=$LAB_CONTROLLER
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu,license/matlab
AccountingStoreFlags=job_comment,job_env,job_script$([ "$LAB_GENERATION" -lt 2305 ] || echo ,job_extra)
C
    fi
    printf '%s\n' "$LAB_EXTRA_CONF"
}

# Docker mounts the container's own cgroups for reading only; writing there is what SYS_ADMIN allows. cgroup v1 alone: v2 wants
# delegation and a process-free root, which no host of ours could show.
cgroups_writable() {
    local controller
    for controller in memory cpuset freezer cpu cpuacct; do
        mountpoint -q "/sys/fs/cgroup/$controller" && mount -o remount,bind,rw "/sys/fs/cgroup/$controller" &&
            mkdir "/sys/fs/cgroup/$controller/lab_try" && rmdir "/sys/fs/cgroup/$controller/lab_try" || return 1
    done 2>/dev/null
}

# cgroup: the kernel kills what is over its memory; polled: slurmstepd does, who looks every second; off: nobody.
choose_memory_limits() {
    case $LAB_MEMORY_LIMITS in
        auto) if cgroups_writable; then LAB_MEMORY_LIMITS=cgroup; else LAB_MEMORY_LIMITS=polled; fi ;;
        cgroup) cgroups_writable || { echo "lab: expected cgroup v1 that can be written to, found none; LAB_MEMORY_LIMITS=polled needs none" >&2; exit 2; } ;;
        polled | off) ;;
        *) echo "lab: LAB_MEMORY_LIMITS is auto, cgroup, polled or off, not '$LAB_MEMORY_LIMITS'" >&2; exit 2 ;;
    esac
}
memory_lines() {
    case $LAB_MEMORY_LIMITS in
        cgroup) printf '%s\n' ProctrackType=proctrack/cgroup TaskPlugin=task/cgroup JobAcctGatherFrequency=5 JobAcctGatherType=jobacct_gather/cgroup ;;
        polled) printf '%s\n' ProctrackType=proctrack/linuxproc TaskPlugin=task/none JobAcctGatherType=jobacct_gather/linux \
            JobAcctGatherFrequency=1 JobAcctGatherParams=OverMemoryKill ;;
        off) printf '%s\n' ProctrackType=proctrack/linuxproc TaskPlugin=task/none JobAcctGatherType=jobacct_gather/linux \
            JobAcctGatherFrequency=5 ;;
    esac
}

slurmdbd_conf() {
    cat <<C
AuthType=auth/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=/etc/slurm/jwt_hs256.key
DbdHost=$LAB_CONTROLLER
SlurmUser=slurm
LogFile=/var/log/slurm/slurmdbd.log
PidFile=/run/slurmdbd.pid
DebugLevel=info
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
C
    [ -z "$LAB_PRIVATE_DATA" ] || echo "PrivateData=$LAB_PRIVATE_DATA"
}

write_configuration() {
    slurm_conf >/etc/slurm/slurm.conf
    if [ "$LAB_MEMORY_LIMITS" = cgroup ]; then
        printf '%s\n' CgroupPlugin=cgroup/v1 ConstrainRAMSpace=yes AllowedRAMSpace=100 ConstrainSwapSpace=no >/etc/slurm/cgroup.conf
    elif [ "$LAB_GENERATION" -ge 2311 ]; then
        # Older ones know no such plugin, and ask for none.
        echo "CgroupPlugin=disabled" >/etc/slurm/cgroup.conf
    fi
    echo "NodeName=$(node_names) Name=gpu Type=a100 File=/dev/fakegpu[0-$((LAB_GPUS - 1))]" >/etc/slurm/gres.conf
    local i
    for i in $(seq 0 $((LAB_GPUS - 1))); do
        [ -e "/dev/fakegpu$i" ] || mknod -m 666 "/dev/fakegpu$i" c 1 3 || touch "/dev/fakegpu$i"
    done
    slurmdbd_conf >/etc/slurm/slurmdbd.conf
    chown slurm: /etc/slurm/slurmdbd.conf
    chmod 600 /etc/slurm/slurmdbd.conf
    # slurmctld and slurmrestd up to 24.11 look their peer's address up for their logs: a lost DNS packet is a stall of 5 s.
    [ "$LAB_ROLE" != all ] || sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf
}
