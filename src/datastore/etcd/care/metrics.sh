# shellcheck shell=sh
# metrics URL: prints what a member counts, in Prometheus' words. It answers also where the member itself waits for a majority.
metrics() {
  timeout 20 kubectl --kubeconfig /dev/null --server "${1%/metrics}" --insecure-skip-tls-verify \
    --username kinit --password none get --raw /metrics 2> /dev/null < /dev/null
}
