# shellcheck shell=sh
# Imports archives that come on standard input, one after the other.
# "$@" = their sizes in bytes
#
# --local takes 1.1 s where the transfer service takes 1.8 s (182 MB with six names, containerd 2.4.2). Unpacking here and
# now is time the control plane does not spend at its first start.
# include: ./ctr.sh
# include: ../images/each-archive.sh

# The option came with the transfer service, which containerd 1.6 does not have.
local=
if ctr images import --help < /dev/null 2> /dev/null | grep -q -e ' --local'; then local=--local; fi

# shellcheck disable=SC2086 # a word, or none
load_one() { ctr -a "$SOCKET" -n k8s.io images import $local - > /dev/null; }

each_archive "$@" || exit 1
