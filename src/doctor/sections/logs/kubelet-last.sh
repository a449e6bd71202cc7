# shellcheck shell=sh
# The last lines of the kubelet's journal, however old.
# include: ../bounded.sh

bounded 20000 journalctl -u kubelet --no-pager -q -o short-unix -n 40
