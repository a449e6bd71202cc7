# shellcheck shell=sh
# Takes back what open.sh opened, where firewalld runs. What does not go is told.
# "$@" = calls of firewall-cmd, the words of one in each
# include: ../../../shell/lib/host-path.sh
# include: call.sh

systemctl -q is-active firewalld || exit 0
for call in "$@"; do
  call "$call" || echo "firewalld: removing $(what_of "$call") failed"
done
exit 0
