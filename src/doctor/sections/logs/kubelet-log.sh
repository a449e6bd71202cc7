# shellcheck shell=sh
# The last quarter of an hour of the kubelet's journal, after a line 'now=SECONDS' of the host's clock.
# The newest lines first, then turned round: systemd before 254 takes the oldest where --since and -n are given together.
# include: ../bounded.sh

date +now=%s
said=$(in_time 5 journalctl -u kubelet --no-pager -q -o short-unix -r --since=-15min -n 400) || exit 75
printf '%s\n' "$said" | tac | cut -c1-700 | last 120000
