# shellcheck shell=sh
# Takes back what open.sh added. What does not go is told.
# "$@" = the rules of open.sh
# include: ../../../shell/lib/host-path.sh

command -v ufw > /dev/null || exit 0
for rule in "$@"; do
  # ufw wants 'route delete allow ...', and 'delete allow ...' for the rest.
  case "$rule" in
    'route '*) deletion="route delete ${rule#route }" ;;
    *) deletion="delete $rule" ;;
  esac
  # shellcheck disable=SC2086 # a rule is words
  timeout 30 ufw --force $deletion > /dev/null 2>&1 || echo "ufw: deleting $rule failed"
done
exit 0
