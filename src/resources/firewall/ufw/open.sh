# shellcheck shell=sh
# "$@" = rules, as `ufw show added` writes them (without the leading 'ufw')
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh

for rule in "$@"; do
  # shellcheck disable=SC2086 # a rule is words
  timeout 30 ufw $rule > /dev/null || die "ufw $rule failed"
done
