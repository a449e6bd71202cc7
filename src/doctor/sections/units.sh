# shellcheck shell=sh
# State of kubelet, container runtimes and services of control planes, as systemctl shows it.
# "$@" = units
# include: ./bounded.sh

bounded 8000 systemctl show \
  -p Id,LoadState,ActiveState,SubState,UnitFileState,Result,Restart,ExecMainStatus,NRestarts,ActiveEnterTimestamp \
  "$@"
