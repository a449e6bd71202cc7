# shellcheck shell=sh
# include: ../../../shell/lib/host-path.sh

timeout 60 ufw --force enable > /dev/null
