# shellcheck shell=sh
# Who holds a lock of apt or dpkg: prints 'COMMAND (pid N)', or nothing.
# include: ./lock-holder.sh

lock_holder || :
