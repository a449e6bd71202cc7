# shellcheck shell=sh
# Prints joined, unfinished (what it joined with is still there) or no; then, where it has joined, the certificate
# authorities that its kubelet trusts (base64).
# $1 = the kubelet's kubeconfig, $2 = its client certificate, $3 = the kubeconfig it joins with

if [ -s "$1" ] && [ -s "$2" ]; then
  if [ -e "$3" ]; then echo unfinished; else echo joined; fi
  sed -n 's/^ *certificate-authority-data: *//p' "$1" | head -n 1
else
  echo no
fi
