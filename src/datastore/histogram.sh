# shellcheck shell=sh
# histogram NAME: of metrics on standard input, in Prometheus' text format, those of one histogram, of all its labels together: lines of
# "NAME SECONDS COUNT" (this many took no longer; +Inf for all). Nothing where there are none.

histogram() {
  awk -v name="$1" '
    index($0, name "_bucket{") == 1 && match($0, /le="[^"]*"/) { count[substr($0, RSTART + 4, RLENGTH - 5)] += $NF }
    END { for (le in count) printf "%s %s %.0f\n", name, le, count[le] }'
}
