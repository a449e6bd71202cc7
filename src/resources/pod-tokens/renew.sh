# shellcheck shell=sh
# A kubelet that is started again has no tokens in memory: it asks for others, and writes them for the pods that run on.
# $1 = id of the key whose tokens go, $2 = the kubelet's folder of pods, $3 = seconds that this may take
# include: ./tokens.sh

systemctl restart kubelet || exit 1
waited=0
while left=$(tokens_of "$1" "$2") && [ -n "$left" ]; do
  if [ "$waited" -ge "$3" ]; then
    echo "pods that still have tokens of the old key after $3 s, by their uids:" >&2
    printf '%s\n' "$left" | head -n 8 >&2
    exit 1
  fi
  # A line now and then shows that this goes on.
  echo "$(printf '%s\n' "$left" | wc -l) pods have tokens of the old key"
  sleep 3
  waited=$((waited + 3))
done
