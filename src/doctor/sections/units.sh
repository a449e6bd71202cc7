# shellcheck shell=sh
# State of kubelet and container runtimes, as systemctl shows it.
# include: ./bounded.sh

bounded 8000 systemctl show \
  -p Id,LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus,NRestarts,ActiveEnterTimestamp \
  kubelet containerd crio docker cri-docker
