# shellcheck shell=sh
# How root's kubectl finds its cluster: its path, config=FILE, variable=FILE that sets KUBECONFIG.

command -v kubectl
for file in /root/.kube/config /etc/kubernetes/admin.conf; do
  if [ -s "$file" ]; then echo "config=$file"; fi
done
grep -ls KUBECONFIG /root/.bashrc /root/.profile /root/.bash_profile /etc/environment /etc/profile.d/* |
  sed 's/^/variable=/'
