# How each service is started, and kept running.
# shellcheck shell=bash disable=SC2086

command_of() { # service: sets COMMAND
    case $1 in
        etcd)
            COMMAND=(etcd --name n --data-dir /var/lib/etcd/d --log-level warn
                --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379
                --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380
                --initial-cluster n=http://127.0.0.1:2380 --quota-backend-bytes 4294967296
                --auto-compaction-mode periodic --auto-compaction-retention 5m)
            [ "$LAB_FSYNC" = yes ] || COMMAND+=(--unsafe-no-fsync)
            ;;
        apiserver)
            COMMAND=(kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 --bind-address=0.0.0.0
                --advertise-address="$IP" --tls-cert-file=$PKI/apiserver.crt --tls-private-key-file=$PKI/apiserver.key
                --client-ca-file=$PKI/ca.crt --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction
                --allow-privileged=true --service-cluster-ip-range=$SERVICE_NET
                --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=$PKI/sa.pub
                --service-account-signing-key-file=$PKI/sa.key --kubelet-client-certificate=$PKI/apiserver-kubelet.crt
                --kubelet-client-key=$PKI/apiserver-kubelet.key --kubelet-preferred-address-types=InternalIP
                --requestheader-client-ca-file=$PKI/ca.crt --requestheader-allowed-names=front-proxy-client
                --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group
                --requestheader-extra-headers-prefix=X-Remote-Extra- --profiling=false
                --default-not-ready-toleration-seconds=${LAB_NODE_GONE%s}
                --default-unreachable-toleration-seconds=${LAB_NODE_GONE%s} $LAB_APISERVER_ARGS)
            ;;
        # The controllers' default client limits (20 requests a second) would throttle every Job.
        controller-manager)
            COMMAND=(kube-controller-manager --kubeconfig=$ETC/controller-manager.kubeconfig
                --authentication-kubeconfig=$ETC/controller-manager.kubeconfig
                --authorization-kubeconfig=$ETC/controller-manager.kubeconfig --service-account-private-key-file=$PKI/sa.key
                --root-ca-file=$PKI/ca.crt --cluster-signing-cert-file=$PKI/ca.crt --cluster-signing-key-file=$PKI/ca.key
                --use-service-account-credentials=true --leader-elect=false --allocate-node-cidrs=false
                --bind-address=127.0.0.1 --kube-api-qps=1000 --kube-api-burst=2000 --concurrent-job-syncs=20
                --node-monitor-grace-period=${LAB_NODE_GONE} --profiling=false $LAB_CONTROLLER_ARGS)
            ;;
        scheduler)
            COMMAND=(kube-scheduler --config=$ETC/scheduler.yaml --authentication-kubeconfig=$ETC/scheduler.kubeconfig
                --authorization-kubeconfig=$ETC/scheduler.kubeconfig --bind-address=127.0.0.1)
            ;;
        containerd) COMMAND=(containerd -c $ETC/containerd.toml) ;;
        kubelet)
            COMMAND=(kubelet --config=$ETC/kubelet.yaml --kubeconfig=$ETC/kubelet.kubeconfig --hostname-override="$NODE"
                --node-ip="$IP")
            ;;
        proxy) COMMAND=(kube-proxy --config=$ETC/proxy.yaml --hostname-override="$NODE") ;;
        dns) COMMAND=(coredns -conf $ETC/Corefile) ;;
        registry) COMMAND=(docker-registry serve $ETC/registry.yaml) ;;
        private-registry) COMMAND=(docker-registry serve $ETC/private-registry.yaml) ;;
        kwok)
            COMMAND=(kwok --kubeconfig=$ETC/kwok.kubeconfig --manage-all-nodes=true --config=$ETC/simulated-nodes.yaml
                --node-ip="$IP" --cidr=10.245.0.1/16 --node-lease-duration-seconds=40 --server-address=127.0.0.1:10247)
            ;;
        *) return 1 ;;
    esac
}

# As a service manager would: what ends is started again, unless $RUN/stopped-NAME says that it was meant.
keep_running() { # service
    local COMMAND
    command_of "$1"
    while :; do
        if [ ! -e "$RUN/stopped-$1" ]; then
            "${COMMAND[@]}" >>"$LOG/$1.log" 2>&1 &
            echo $! >"$RUN/$1.pid"
            wait $! || true
        fi
        sleep 0.3
    done &
}
process_of() { # service; fails where it does not run
    local pid
    pid=$(cat "$RUN/$1.pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && echo "$pid"
}
answers() { # service
    case $1 in
        etcd) ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 endpoint health ;;
        apiserver) admin get --raw /readyz ;;
        controller-manager) curl -sfk https://127.0.0.1:10257/healthz ;;
        scheduler) curl -sfk https://127.0.0.1:10259/healthz ;;
        containerd) ctr version ;;
        kubelet) curl -sf http://127.0.0.1:10248/healthz && node_is_ready ;;
        proxy) curl -sf http://127.0.0.1:10249/healthz ;;
        # 401 is an answer, too.
        registry) curl -m 5 -so /dev/null http://127.0.0.1:5000/v2/ ;;
        private-registry) curl -m 5 -so /dev/null http://127.0.0.1:5001/v2/ ;;
        dns | kwok) process_of "$1" ;;
    esac
}
