# shellcheck shell=sh
# Modules and abilities of the running kernel.
# "$1" = names of its configuration options, "$2" = symbols, both as alternatives of a regular expression: a|b|c.
# Prints sections ':NAME', a line an entry. Kernels with everything built in (and containers) have no /lib/modules: there
# the kernel's configuration is asked, then its symbols.

release=$(uname -r)
folder=/lib/modules/$release

# names: module names from paths of .ko files.
names() { sed 's/:.*//; s#.*/##; s/\.ko.*//' "$1"; }

echo :loaded
cut -d' ' -f1 /proc/modules
echo :sys
ls /sys/module

if [ -r "$folder/modules.builtin" ]; then
  echo :builtin
  names "$folder/modules.builtin"
elif [ -r /proc/config.gz ]; then
  echo :options
  gzip -dc /proc/config.gz | grep -E "^CONFIG_($1)=y"
elif [ -r "/boot/config-$release" ]; then
  echo :options
  grep -E "^CONFIG_($1)=y" "/boot/config-$release"
else
  echo :symbols
  grep -o -w -E "$2" /proc/kallsyms | sort -u
fi

echo :loadable
names "$folder/modules.dep"

# What can be tried without leaving a trace is tried.
echo :tried
if grep -qw overlay /proc/filesystems; then echo overlay=yes; fi
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo br_netfilter=yes; fi
if [ -e /proc/net/ip_vs ]; then echo ip_vs=yes; fi
if command -v nft > /dev/null; then
  if nft list tables > /dev/null; then echo nftables=yes; else echo nftables=no; fi
fi
# A link is made only where modprobe cannot tell.
if ! modprobe -n -q vxlan; then
  if ip link add kinit-probe type vxlan id 4095 dstport 4789; then
    echo vxlan=yes
    ip link del kinit-probe
  else
    echo vxlan=no
  fi
fi
:
