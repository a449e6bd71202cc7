# shellcheck shell=sh
# Prints server=URL: where a kubelet's kubeconfig leads to; nothing where there is none.
# $1 = the kubeconfig

if [ -s "$1" ]; then sed -n 's/^ *server: *\([^ ]*\) *$/server=\1/p' "$1" | head -n 1; fi
