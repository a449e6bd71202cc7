# shellcheck shell=sh
# "$@" = as remove_pod_bridge takes them
# include: ../../shell/lib/pod-bridge.sh

remove_pod_bridge "$@"
