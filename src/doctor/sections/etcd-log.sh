# shellcheck shell=sh
# etcd's own words for a slow disk. By itself: a slow disk makes etcd say so much else that they are not among the last lines.

# shellcheck disable=SC2012
for file in $(ls -t /var/log/pods/kube-system_etcd-*/etcd/*.log | head -n 2); do
  for words in 'slow fdatasync' 'took too long'; do
    timeout 3 tail -c 8000000 "$file" | grep -F "$words" | cut -c1-500 | tail -n 20
  done
done
