# shellcheck shell=sh
# Prints the host's clock.
# include: ./clock.sh

print_clock
