# shellcheck shell=sh
# Installs again what kinit's packages had pushed out; those that cannot stay beside it go.
# "$1" = folder of the notes that install.sh made
# include: ./dnf.sh
# include: ../../packages/pushed-out.sh

notes=$1
bring_back
