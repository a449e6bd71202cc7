# shellcheck shell=sh
# Who holds a lock of dnf, yum or rpm: prints 'COMMAND (pid N)', or nothing.
# include: ./lock-holder.sh

lock_holder || :
