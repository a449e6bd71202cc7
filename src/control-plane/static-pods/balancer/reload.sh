# shellcheck shell=sh
# Has the balancer read its configuration again: a new process takes new connections, the old one keeps those it has for a while.
# $1 = socket of its master process

echo reload | timeout 10 socat -t 5 - "UNIX-CONNECT:$1" > /dev/null 2>&1
exit 0
