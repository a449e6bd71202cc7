# shellcheck shell=sh
# Stops and disables nftables.service. Its stop flushes every table there is, also those of a cluster that runs, of Docker
# or of a person: it is kept from that, and only the tables that its own configuration makes are taken away.
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ../unit.sh

dropin=/run/systemd/system/nftables.service.d/kinit-keep-tables.conf

# The tables that the unit's own command makes, in a network namespace of their own, as nft lists them; where there can be
# none, those that stand in the file which it loads.
own_tables() {
  command=$(timeout 30 systemctl show -p ExecStart -- nftables.service | sed -n 's/.*argv\[\]=\([^;]*\) ;.*/\1/p' | head -n 1)
  [ -n "$command" ] || return 1
  # shellcheck disable=SC2016,SC2086 # words of a command, which the inner shell runs
  timeout 30 unshare -n sh -c '"$@" > /dev/null && nft list tables' sh $command 2> /dev/null ||
    sed -nE 's/^[[:space:]]*(add )?table[[:space:]]+((ip|ip6|inet|arp|bridge|netdev)[[:space:]]+)?([^[:space:];{]+).*/table \3 \4/p' "${command##* }" |
    sed 's/^table  /table ip /'
}

keep_tables() {
  (umask 022; mkdir -p -- "${dropin%/*}") && printf '[Service]\nExecStop=\n' > "$dropin" && timeout 60 systemctl daemon-reload
}

forget_dropin() {
  rm -f -- "$dropin"
  rmdir -- "${dropin%/*}" 2> /dev/null
  timeout 60 systemctl daemon-reload
}

! timeout 30 systemctl -q is-active nftables.service || tables=$(own_tables)
keep_tables || die 'the stop of nftables.service cannot be kept from flushing all tables'
stop_and_disable nftables
stopped=$?
forget_dropin
[ "$stopped" -eq 0 ] || die 'nftables could not be stopped and disabled'
printf '%s\n' "${tables:-}" | sort -u | while read -r table; do
  # shellcheck disable=SC2086 # three words: table, family, name
  [ -z "$table" ] || nft list $table > /dev/null 2>&1 && nft delete $table
done
exit 0
