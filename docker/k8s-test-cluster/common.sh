# What the scripts beside this one share.
# shellcheck shell=bash disable=SC2034

# --privileged asks for CAP_SYS_RESOURCE, which some virtual machines lack; all else that it means is spelt out here.
# /var/lib/…: volumes of the image, for there is no overlay upon an overlay.
RIGHTS=(--init --cgroupns=private --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined
    --security-opt apparmor=unconfined --device-cgroup-rule 'a *:* rwm' --device /dev/kmsg --tmpfs /run:exec --tmpfs /tmp:exec)

HANDED_ON=()
for variable in $(compgen -e LAB_); do
    case $variable in LAB_API_PORT | LAB_REGISTRY) ;; *) HANDED_ON+=(-e "$variable") ;; esac
done

wait_until_healthy() { # container
    local tries=0
    until docker exec "$1" test -f /run/lab/ready 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 1200 ] || [ -z "$(docker ps -q --filter "name=^$1\$")" ]; then
            echo "$1 did not become healthy; its last words:" >&2
            docker logs --tail 40 "$1" >&2
            exit 1
        fi
        sleep 0.1
    done
}
