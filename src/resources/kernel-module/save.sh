# shellcheck shell=sh
# Notes in "$D" that the module was not loaded. Runs under sh -eu.

: > "$D/not-loaded"
