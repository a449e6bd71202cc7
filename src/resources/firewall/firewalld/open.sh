# shellcheck shell=sh
# Opens what is closed.
# "$@" = calls of firewall-cmd, the words of one in each
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: call.sh

for call in "$@"; do
  call "$call" || die "firewalld does not take $(what_of "$call")"
done
