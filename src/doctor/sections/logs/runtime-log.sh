# shellcheck shell=sh
# What container runtimes logged in the last quarter of an hour that is no mere information.
# "$@" = their units, each after -u
# include: ../bounded.sh

said=$(bounded 2000000 journalctl "$@" --no-pager -q -o cat -r --since=-15min -n 2000) || exit 75
printf '%s\n' "$said" | tac | grep -E 'level=(warning|error|fatal|panic)|^panic|[Ff]ailed' | tail -n 80 | last 40000
