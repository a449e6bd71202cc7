# shellcheck shell=sh
# What the member of this host does where it has no data: "state=STATE" as its manifest says it; nothing where that says nothing, or is not there.
# $1 = its manifest

sed -n "s/^ *- ['\"]\{0,1\}--initial-cluster-state=\([a-z]*\)['\"]\{0,1\}$/state=\1/p" "$1" 2> /dev/null
exit 0
