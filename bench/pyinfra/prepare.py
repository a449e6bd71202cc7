# The host phases of kinit (leftovers to pod-links of docs/phases.md) as a deploy of pyinfra: the same as bench/ansible/prepare.yml does, with
# pyinfra's own operations where there is one.
from io import StringIO

from pyinfra import host, inventory
from pyinfra.facts.files import FindFiles
from pyinfra.facts.server import Command
from pyinfra.facts.systemd import SystemdStatus
from pyinfra.operations import apt, files, server, systemd

PACKAGES = ["conntrack", "ethtool", "socat", "iptables", "ipset", "kmod", "nftables"]
MODULES = ["overlay", "br_netfilter"]
POD_LINKS = ["veth*", "cni0", "flannel.1", "kube-ipvs0"]
SETTINGS = {
    "net.ipv4.ip_forward": 1,
    "net.bridge.bridge-nf-call-iptables": 1,
    "net.bridge.bridge-nf-call-ip6tables": 1,
    "fs.inotify.max_user_instances": 8192,
    "fs.inotify.max_user_watches": 524288,
    "vm.overcommit_memory": 1,
    "vm.panic_on_oom": 0,
    "kernel.panic": 10,
    "kernel.panic_on_oops": 1,
    "kernel.keys.root_maxkeys": 1000000,
    "kernel.keys.root_maxbytes": 25000000,
}

# What an earlier cluster left: kinit looks for the same (phase leftovers).
for folder in ("/etc/cni/net.d", "/etc/kubernetes/manifests"):
    if host.get_fact(FindFiles, path=folder):
        raise RuntimeError(f"another cluster is on {host.name}: {folder}")

server.hostname(name="Assign the inventory's name", hostname=host.data.node_name)

files.block(
    name="Write the names of all hosts",
    path="/etc/hosts",
    content=[f"{each.data.node_address} {each.data.node_name}" for each in inventory],
    marker="# pyinfra inventory hosts {mark}",
)

# Lists that are there are not fetched again: what a mirror takes says nothing of either side.
apt.packages(name="Install required packages", packages=PACKAGES, no_recommends=True)

services = host.get_fact(SystemdStatus)
for unit in ("firewalld.service", "ufw.service", "nftables.service"):
    if unit in services:
        systemd.service(name=f"Stop {unit}", service=unit, running=False, enabled=False)

if host.data.turn_swap_off:
    files.replace(
        name="Take swap out of fstab",
        path="/etc/fstab",
        text=r"^([^#[:space:]][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]].*)$",
        replace=r"# \1",
    )
    if host.get_fact(Command, command="swapon --noheadings --show=NAME"):
        server.shell(name="Turn swap off", commands=["swapoff --all"])

if host.data.set_selinux and host.get_fact(Command, command="getenforce 2>/dev/null || true") == "Enforcing":
    server.shell(name="Set SELinux permissive", commands=["setenforce 0"])

files.put(
    name="Name the kernel modules that are loaded at boot",
    src=StringIO("\n".join(MODULES) + "\n"),
    dest="/etc/modules-load.d/kubernetes.conf",
    mode="644",
)
# Built into the kernel counts as loaded, which server.modprobe does not know.
host.get_fact(Command, command=f"modprobe --all {' '.join(MODULES)} 2>/dev/null || true")

settings = files.put(
    name="Write the kernel settings",
    src=StringIO("".join(f"{key} = {value}\n" for key, value in SETTINGS.items())),
    dest="/etc/sysctl.d/99-kubernetes.conf",
    mode="644",
)
server.shell(
    name="Load the kernel settings",
    commands=[
        "sysctl -e -p /etc/sysctl.d/99-kubernetes.conf",
        'test "$(sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables | tr -d "\\n")" = 11',
    ],
    _if=settings.did_change,
)


def leave_pod_links_alone(service, text, dest, reload):
    if not services.get(f"{service}.service"):
        return
    links = files.put(name=f"Leave pods' links alone ({service})", src=StringIO(text), dest=dest, mode="644")
    server.shell(name=f"Reload {service}", commands=[reload], _if=links.did_change)


leave_pod_links_alone(
    "systemd-networkd",
    f"[Match]\nName={' '.join(POD_LINKS)}\n\n[Link]\nUnmanaged=yes\n",
    "/etc/systemd/network/05-kubernetes.network",
    "networkctl reload",
)
leave_pod_links_alone(
    "NetworkManager",
    f"[keyfile]\nunmanaged-devices+=interface-name:{';interface-name:'.join(POD_LINKS)}\n",
    "/etc/NetworkManager/conf.d/kubernetes.conf",
    "systemctl reload NetworkManager",
)
