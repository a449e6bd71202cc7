# shellcheck shell=sh
# Where programs are: sudo's secure_path on the Red Hat family lacks /usr/local/bin, where kinit's binaries are.

PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}"; export PATH
