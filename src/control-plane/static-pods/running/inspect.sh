# shellcheck shell=sh
# How containers ended: '=== end ID' and what the runtime knows of each (JSON), '=== log ID' and its last lines.
# "$@" = their ids
# include: ../../../shell/lib/host-path.sh

for id in "$@"; do
  echo "=== end $id"
  timeout 20 crictl inspect -o json "$id" 2> /dev/null
  echo "=== log $id"
  timeout 20 crictl logs --tail 40 "$id" 2>&1 | cut -c1-4000
done
exit 0
