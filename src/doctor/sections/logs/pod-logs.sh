# shellcheck shell=sh
# What tells of trouble in the newest logs of each system container, after '=== FILE'; the rest stays on the host.
# "$1" = regular expression of what tells, "$2" and on = namespaces.
# include: ../bounded.sh

cd /var/log/pods || exit 0

# newest FOLDER: the two newest logs in it, as names.
newest() {
  # shellcheck disable=SC2010
  ls -t "$1" | grep '[.]log$' | head -n 2
}

telling=$1
shift
said=$(
  missed=0
  for namespace in "$@"; do
    for folder in "$namespace"_*/*; do
      [ -d "$folder" ] || continue
      for name in $(newest "$folder"); do
        echo "=== $folder/$name"
        # One that hangs takes nothing from the others.
        lines=$(in_time 3 tail -n 200 "$folder/$name") || missed=75
        printf '%s\n' "$lines" | grep -iE "$telling" | cut -c1-500 | tail -n 12
      done
    done
  done
  exit "$missed"
)
missed=$?
printf '%s\n' "$said" | last 120000
exit "$missed"
