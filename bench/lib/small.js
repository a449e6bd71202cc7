// What is asked of small hosts, where every megabyte counts.

/** What stands before the control plane can start. */
export const PREPARE =
  'hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,pod-links,binaries,runtime,traces,images';
/** Memory of all processes in MB, each page shared out among those that have it, without what looks. */
export const SHARES = `cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '/^Pss:/ { sum += $2 } END { print sum / 1024 }'`;
export const KUBECTL = 'KUBECACHEDIR=/tmp/kubectl kubectl --kubeconfig /etc/kubernetes/admin.conf';
