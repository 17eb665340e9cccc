# What the scripts beside this one share.
# shellcheck shell=bash disable=SC2034

# SYS_ADMIN and no seccomp: a job with --export=NONE makes slurmd clone a mount namespace, and kills it otherwise.
# SYS_ADMIN also for cgroups that SLURM may write to. NET_ADMIN: the faults that cut a port.
RIGHTS=(--init --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined)

HANDED_ON=()
for variable in $(compgen -e LAB_); do
    case $variable in LAB_REST_PORT | LAB_SSH_PORT | LAB_REGISTRY) ;; *) HANDED_ON+=(-e "$variable") ;; esac
done

# One at a time, of several that start at once: who comes second finds whole pairs.
make_keys() {
    mkdir -p -m 700 "$here/.keys"
    (
        flock 9
        for key in id user_ca; do
            [ -f "$here/.keys/$key.pub" ] || ssh-keygen -q -t ed25519 -N '' -f "$here/.keys/$key" -C "sluice test $key"
        done
    ) 9<"$here/common.sh"
}

wait_until_healthy() { # container
    local tries=0
    until docker exec "$1" test -f /run/lab/ready 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 1200 ] || [ -z "$(docker ps -q --filter "name=^$1\$")" ]; then
            echo "$1 did not become healthy; its last words:" >&2
            docker logs --tail 20 "$1" >&2
            exit 1
        fi
        sleep 0.1
    done
}
