# shellcheck shell=sh
# Creates what is missing of a system user and its group.
# $1 = name, $2 = home, $3 = login shell
# include: ../../shell/lib/host-path.sh

getent group "$1" > /dev/null || groupadd --system -- "$1" || exit 1
getent passwd "$1" > /dev/null ||
  useradd --system --gid "$1" --home-dir "$2" --no-create-home --shell "$3" -- "$1"
