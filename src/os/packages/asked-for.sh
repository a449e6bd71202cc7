# shellcheck shell=sh
# By default packages stay: other things may have come to need them. Ends with code 1 where they shall.

[ "${KINIT_REMOVE_PACKAGES:-0}" = 1 ]
