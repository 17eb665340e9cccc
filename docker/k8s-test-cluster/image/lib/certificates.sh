# Certificates and kubeconfigs of this cluster, made once, at first start (P-256, ten years, nobody else's).
# shellcheck shell=bash

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }
sign() { # name subject extensions
    key "$1"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile <(printf '%s\n' "$3") \
        -out "$1.crt" 2>/dev/null
    rm "$1.csr"
}
make_kubeconfig() { # name
    local file=$ETC/$1.kubeconfig encode='base64 -w0'
    cat >"$file" <<T
apiVersion: v1
kind: Config
clusters: [{name: k, cluster: {server: "https://$(address_of "$1"):6443", certificate-authority-data: $($encode ca.crt)}}]
users: [{name: u, user: {client-certificate-data: $($encode "$1.crt"), client-key-data: $($encode "$1.key")}}]
contexts: [{name: c, context: {cluster: k, user: u}}]
current-context: c
T
}
make_certificates() (
    [ ! -f "$ETC/admin.kubeconfig" ] || exit 0
    mkdir -p "$PKI"
    cd "$PKI"
    umask 077
    key ca
    openssl req -x509 -new -key ca.key -subj /CN=cluster-ca -days 3650 -out ca.crt
    client=extendedKeyUsage=clientAuth
    own=IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,IP:127.0.0.4,IP:127.0.0.5,IP:127.0.0.6,IP:127.0.0.7,IP:$IP,IP:10.96.0.1
    sign apiserver /CN=kube-apiserver "extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,DNS:$NODE,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:host.docker.internal,$own"
    sign admin /O=system:masters/CN=admin $client
    sign apiserver-kubelet /O=system:masters/CN=apiserver-kubelet $client
    sign controller-manager /CN=system:kube-controller-manager $client
    sign scheduler /CN=system:kube-scheduler $client
    sign proxy /CN=system:kube-proxy $client
    sign dns /O=system:masters/CN=dns $client
    sign kwok /O=system:masters/CN=kwok $client
    sign kubelet "/O=system:nodes/CN=system:node:$NODE" $client
    key sa
    openssl ec -in sa.key -pubout -out sa.pub 2>/dev/null
    for each in controller-manager scheduler proxy dns kwok kubelet admin; do make_kubeconfig $each; done
)
