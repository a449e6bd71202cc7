# Prints what a host is, one thing a line: "== section", then "key<TAB>value". Run as root; changes nothing outside /tmp.
export LC_ALL=C
T=$(printf '\t')
section() { printf '== %s\n' "$1"; }
# nft and ipset may not be installed, before or after: the recording brings its own from the packages the lab has at hand.
R=/tmp/kinit-record; mkdir -p $R
if [ ! -e $R/tools ]; then
  for P in nftables libnftables1 libnftnl11 libmnl0 libxtables12 libjansson4 ipset libipset13 libedit2 libbsd0 libmd0; do
    for F in /var/cache/apt/archives/"$P"_*.deb; do [ ! -e "$F" ] || dpkg-deb -x "$F" $R; done
  done
  for F in /srv/repository/nftables-*.rpm /srv/repository/ipset-*.rpm; do [ ! -e "$F" ] || (cd $R && rpm2cpio "$F" | cpio -id --quiet); done
  : > $R/tools
fi
tool() { N=$1; shift; LD_LIBRARY_PATH=$R/usr/lib/x86_64-linux-gnu:$R/lib/x86_64-linux-gnu:$R/usr/lib/aarch64-linux-gnu:$R/lib/aarch64-linux-gnu "$R/usr/sbin/$N" "$@"; }
[ -x $R/usr/sbin/nft ] || [ ! -e $R/sbin/nft ] || { mkdir -p $R/usr/sbin; cp $R/sbin/* $R/usr/sbin/; }

section file
# In /var/backups dpkg's own timer puts copies at midnight.
set -- -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run -o -path /var/tmp -o -path /var/log -o -path /var/cache -o -path /var/backups -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/rpm -o -path /var/lib/dnf -o -path /var/lib/ucf -o -path /var/lib/systemd
find / \( "$@" \) -prune -o ! -type f -printf '%p\t%y %m %U:%G %l\n'
find / \( "$@" \) -prune -o -type f -printf '%p\t%y %m %U:%G\n' | sort > $R/modes
find / \( "$@" \) -prune -o -type f -print0 | xargs -0 -r sha256sum | sed 's/^\([0-9a-f]*\)  \(.*\)$/\2\t\1/' | sort > $R/sums
join -t "$T" $R/modes $R/sums
# Of /run what programs make for themselves; sockets and states of what the machine runs anyway come and go.
# /run/kinit says who may change the host: without it a job of an earlier run that arrives late would. It ends with the boot.
# needrestart keeps there what it has looked at, after each installation.
section run
find /run \( -path /run/systemd -o -path /run/user -o -path /run/log -o -path /run/credentials -o -path /run/lock -o -path /run/mount -o -path /run/host -o -path /run/sudo -o -path /run/utmp -o -path /run/xtables.lock -o -path /run/kinit -o -path /run/needrestart \) -prune -o -printf '%p\t%y %m %U:%G\n'
section unit-file
systemctl list-unit-files --no-legend --no-pager | awk '$2 != "transient" { print $1 "\t" $2 }'
section unit
systemctl list-units --no-legend --no-pager --plain | awk '$1 !~ /^(session-|run-|user|systemd-tmpfiles-clean|apt-|dpkg-)/ { print $1 "\t" $2, $3, $4 }'
section sysctl
sysctl -a 2>/dev/null | sed -n 's/^\([^ ]*\) = \{0,1\}\(.*\)$/\1\t\2/p' | grep -v -e '^fs\.dentry-state' -e '^fs\.file-nr' -e '^fs\.inode-' -e '^fs\.aio-nr' -e '^kernel\.random\.' -e '^kernel\.ns_last_pid' -e '^kernel\.pty\.nr' -e '^net\.netfilter\.nf_conntrack_count' -e '^fs\.quota\.' -e '^net\.core\.netdev_rss_key'
section mount
awk '$2 !~ "^/run/(user|credentials)" { print $2 " " $1 "\t" $3, $4 }' /proc/self/mounts
section link
ip -o link | sed 's/^[0-9]*: //; s/@[^:]*:/:/' | awk '{ n = $1; $1 = ""; print n "\t" $0 }'
section address
ip -o addr | awk '{ print $2 " " $3 " " $4 "\t-" }'
# An address of a link that was just made has its route once the kernel has looked for doubles, which takes 1 to 2 s.
tries=0
until [ -z "$(ip -6 -o address show tentative)" ] || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done
section route
{ ip route show table all; ip -6 route show table all; ip rule; ip -6 rule; } | sed 's/ expires [0-9]*sec//; s/$/\t-/'
section nft
tool nft -s list ruleset | awk '/^table/ { table = $0; part = ""; n = 0 } /chain|set|map/ && /{$/ { part = $0; n = 0 } NF { print table part " " n++ "\t" $0 }' | sed 's/counter packets [0-9]* bytes [0-9]*/counter/'
# Of the older tables what is in them: the kernel makes them when they are first looked at, and nobody can take them away.
for program in iptables ip6tables; do
  [ -s "/proc/net/${program%tables}_tables_names" ] || continue
  save=$program-legacy-save; command -v $save > /dev/null || save=$program-save
  $save | awk -v program=$program '/^\*/ { table = $1 } /^-A/ || (/^:/ && $2 != "ACCEPT") { sub(/ \[[0-9:]*\]$/, ""); print "legacy " program " " table " " $0 "\t-" }'
done
section ipset
tool ipset list -n 2>/dev/null | sed 's/$/\t-/'
section ipvs
[ ! -r /proc/net/ip_vs ] || sed '1,3d; s/$/\t-/' /proc/net/ip_vs
section module
[ ! -r /proc/modules ] || awk '{ print $1 "\t-" }' /proc/modules
section user
sed 's/:/\t/' /etc/passwd
section group
sed 's/:/\t/' /etc/group
section package
if command -v dpkg-query > /dev/null; then dpkg-query -W -f '${Package}\t${Version} ${db:Status-Abbrev}\n'; else rpm -qa --qf '%{NAME} %{ARCH}\t%{VERSION}-%{RELEASE}\n'; fi
section process
# The kernel has as many threads for its queues as it needs at the moment, where the host can see them.
ps -eo comm= | grep -vxE 'kworker/.*|sshd|sh|bash|ps|awk|sed|grep|sort|systemctl|\(sd-pam\)|systemd|agetty|sleep|uniq|find|sort|sha256sum|xargs|join' | sort | uniq -c | awk '{ print $2 "\t" $1 }'
section cgroup
# Of its own units systemd makes and keeps groups as it likes, older ones for all as soon as one asks for a controller.
find /sys/fs/cgroup -type d \( -path '*user.slice*' -prune -o -print \) | sed 's|^/sys/fs/cgroup||; s/$/\t-/' | grep -v -e 'session-' -e '/run-' -e tmpfiles -e apt-daily -e dpkg-db -e '\.mount\s' -e '\.socket\s' -e '/systemd-[a-z-]*\.service\s' -e '/init\.scope\s'
section swap
sed '1d; s/[[:space:]].*/\t-/' /proc/swaps
