# shellcheck shell=sh
# Prints joined, unfinished (what it joined with is still there) or no; then, where it has joined, the certificate
# authorities that its kubelet trusts (base64), the kubelet's own certificate (base64), and the host's clock.
# $1 = the kubelet's kubeconfig, $2 = its client certificate, with the key, $3 = the kubeconfig it joins with
# include: ../../facts/subjects/system/clock.sh

if [ -s "$1" ] && [ -s "$2" ]; then
  if [ -e "$3" ]; then echo unfinished; else echo joined; fi
  sed -n 's/^ *certificate-authority-data: *//p' "$1" | head -n 1
  sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$2" | base64 | tr -d '\n'
  echo
  print_clock
else
  echo no
fi
