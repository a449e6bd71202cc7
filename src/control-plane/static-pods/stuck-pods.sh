# shellcheck shell=sh
# Restarts the kubelet where a static pod's manifest is newer than any pod of its name, and older than $1 seconds.
# Prints 'restarted' then.

now=$(date +%s)
for manifest in /etc/kubernetes/manifests/*.yaml; do
  name=${manifest##*/}
  name=${name%.yaml}
  # shellcheck disable=SC2012
  pod=$(ls -dt /var/log/pods/kube-system_"$name"-*/ 2> /dev/null | head -n 1)
  if [ -n "$pod" ] && [ "$manifest" -nt "$pod" ] && [ $((now - $(stat -c %Y "$manifest"))) -gt "$1" ]; then
    systemctl restart kubelet && echo restarted
    exit
  fi
done
