# How each service is started, and how it is known to be up. A start returns when the service answers, or fails.
# shellcheck shell=bash

await() { # seconds, command…
    local tries=$(($1 * 20)) n
    shift
    for n in $(seq 1 "$tries"); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    echo "lab: still not so after a long wait: $*" >&2
    return 1
}
listens() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
process_of() { # service; every process of it, the main one first
    case $1 in
        ctld) cat /run/slurmctld.pid ;;
        dbd) cat /run/slurmdbd.pid ;;
        db) pgrep -o -x 'mariadbd|mysqld' ;;
        restd) pgrep -x slurmrestd ;;
        sshd) pgrep '^sshd' ;;
        *) cat "/run/slurmd-$1.pid" ;;
    esac 2>/dev/null
}
runs() {
    local pid
    for pid in $(process_of "$1"); do
        # A killed one that is not yet reaped counts as gone.
        [ -d "/proc/$pid" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null && return 0
    done
    return 1
}
is_gone() { ! runs "$1"; }

run_munged() { # socket's name
    setpriv --reuid munge --regid munge --init-groups munged --socket="/run/munge/$1" --pid-file="/run/munge/$1.pid" \
        --log-file="/var/log/munge/$1.log" --seed-file="/var/lib/munge/$1.seed"
}

# 26.05 asks for innodb_snapshot_isolation=OFF; older servers do not know it.
start_db() {
    local admin
    mkdir -p /run/mysqld
    chown mysql: /run/mysqld
    admin=$(command -v mariadb-admin || command -v mysqladmin)
    setsid "$(command -v mariadbd || command -v mysqld)" --user=mysql --bind-address=127.0.0.1 \
        --innodb-buffer-pool-size=128M --innodb-log-file-size=48M --innodb-flush-log-at-trx-commit=2 \
        --innodb-lock-wait-timeout=900 --max-allowed-packet=64M --performance-schema=OFF \
        --loose-innodb-snapshot-isolation=OFF </dev/null >>/var/log/mariadb.out 2>&1 &
    await 60 "$admin" ping
}
start_dbd() {
    slurmdbd </dev/null >/dev/null 2>&1
    await 60 listens "$LAB_CONTROLLER" 6819 && await 60 sacctmgr -n show cluster
}
controller_answers() { scontrol ping 2>/dev/null | grep -q ' UP'; }
# -i: 26.05 does not start after a kill in its first minutes, before every file of its state exists.
start_ctld() {
    slurmctld -i </dev/null >/dev/null 2>&1
    await 60 listens "$LAB_CONTROLLER" 6817 && await 60 controller_answers
}
start_restd() {
    local arguments=$LAB_RESTD_ARGS
    # Without slurmdbd the accounting part of slurmrestd fails to load and ends the daemon: the others are named.
    if [ "$LAB_ACCOUNTING" = 0 ] && [ -z "$arguments" ]; then
        if [ "$LAB_GENERATION" -lt 2311 ]; then arguments="-s v0.0.36,v0.0.37,v0.0.38"; else arguments="-s slurmctld"; fi
    fi
    rm -f /run/lab/restd.off
    LAB_RESTD_ARGUMENTS=$arguments setsid lab-restd </dev/null >>/var/log/slurm/slurmrestd.log 2>&1 &
    # Any status means that it listens: without a token it is 401 or 500.
    await 60 curl -s -o /dev/null -m 3 http://127.0.0.1:6820/
}
start_sshd() {
    local user home
    mkdir -p /etc/ssh/sshd_config.d /run/sshd
    for user in alice bob carol sluice nightly; do
        home=/home/$user
        mkdir -p "$home/.ssh"
        [ -z "$LAB_AUTHORIZED_KEY" ] || printf '%s\n' "$LAB_AUTHORIZED_KEY" >"$home/.ssh/authorized_keys"
        chown "$user:" "$home" "$home/.ssh" "$home"/.ssh/*
        chmod 700 "$home/.ssh"
    done 2>/dev/null
    {
        printf '%s\n' 'PasswordAuthentication no' 'UseDNS no' "MaxSessions $LAB_MAX_SESSIONS" "MaxStartups $LAB_MAX_STARTUPS"
        # Debian's sshd of 2025 bans an address after failed logins; a test that logs in wrongly must not ban the next one.
        ! sshd -T -o PerSourcePenalties=no >/dev/null 2>&1 || echo 'PerSourcePenalties no'
        [ -z "$LAB_USER_CA" ] || echo 'TrustedUserCAKeys /etc/ssh/user_ca.pub'
    } >/etc/ssh/sshd_config.d/lab.conf
    [ -z "$LAB_USER_CA" ] || printf '%s\n' "$LAB_USER_CA" >/etc/ssh/user_ca.pub
    /usr/sbin/sshd && await 20 listens 127.0.0.1 22
}
write_host_keys() {
    local type
    for type in ed25519 ecdsa; do
        [ -f "/etc/ssh/ssh_host_${type}_key" ] || ssh-keygen -q -t "$type" -N '' -f "/etc/ssh/ssh_host_${type}_key" -C lab
    done
}
node_usable() { sinfo -h -N -n "$1" -o %T 2>/dev/null | grep -qE '^(idle|mixed|allocated|completing|drained|draining|reserved|maint)$'; }
start_node() { # node
    local own=/etc/slurm/slurm.conf
    mkdir -p "/var/spool/slurmd/$1"
    if [ "$LAB_ROLE" = all ]; then
        own=/etc/slurm/$1/slurm.conf
        if [ ! -e "$own" ]; then
            # A munged for each slurmd: one credential goes to several nodes, and a shared munged calls the second use a replay.
            run_munged "munge.$1"
            mkdir -p "/etc/slurm/$1"
            cp /etc/slurm/*.conf "/etc/slurm/$1/"
            rm -f "/etc/slurm/$1/slurmdbd.conf"
            echo "AuthInfo=socket=/run/munge/munge.$1" >>"$own"
        fi
    fi
    slurmd -N "$1" -f "$own" </dev/null >/dev/null 2>&1
}
