# What all scripts of the container share: places, settings and the names of the services.
# shellcheck shell=bash disable=SC2034
: "${LAB_FORM:=full}" "${LAB_CPUS:=8}" "${LAB_FSYNC:=no}" "${LAB_APISERVER_ARGS:=}" "${LAB_CONTROLLER_ARGS:=}"
: "${LAB_NODE_GONE:=20s}"
export PATH=/opt/kubernetes/bin:$PATH
ETC=/etc/kubernetes PKI=/etc/kubernetes/pki LOG=/var/log/kubernetes RUN=/run/lab NODE=$(hostname)
IP=$(hostname -i | awk '{print $1}')
SERVICE_NET=10.96.0.0/16 POD_NET=10.244.0.0/22

# Each speaks to the API server at a loopback address of its own, so that it can be cut off by itself.
address_of() {
    case $1 in
        kubelet) echo 127.0.0.2 ;;
        controller-manager) echo 127.0.0.3 ;;
        scheduler) echo 127.0.0.4 ;;
        proxy) echo 127.0.0.5 ;;
        dns) echo 127.0.0.6 ;;
        kwok) echo 127.0.0.7 ;;
        *) echo 127.0.0.1 ;;
    esac
}
services() { # in the order in which they start
    printf '%s\n' etcd apiserver controller-manager scheduler
    case $LAB_FORM in
        full) printf '%s\n' containerd kubelet proxy dns registry private-registry ;;
        light) echo kwok ;;
    esac
}
admin() { kubectl --kubeconfig "$ETC/admin.kubeconfig" "$@"; }
node_is_ready() {
    [ "$LAB_FORM" = light ] || [ "$(admin get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null)" = True ]
}
is_healthy() {
    admin get --raw /readyz >/dev/null 2>&1 && node_is_ready && admin get serviceaccount default >/dev/null 2>&1
}
await() { # seconds command…
    local tries=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}
