# shellcheck shell=sh
# Prints pod=UID for each pod of this host that holds a service-account token of a key.
# $1 = id of the key, $2 = the kubelet's folder of pods
# include: ./tokens.sh

tokens_of "$1" "$2"
