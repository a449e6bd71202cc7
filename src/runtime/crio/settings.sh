# shellcheck shell=sh
# The lines of CRI-O's configuration that a cluster depends on: as it understands them, else as they are written.

{ timeout 5 crio config 2> /dev/null || cat /etc/crio/crio.conf.d/*.conf; } |
  grep -E '^ *(\[crio[.]runtime[.]runtimes|default_runtime|cgroup_manager|pause_image|runtime_path|monitor_path|monitor_cgroup|network_dir|plugin_dirs|storage_driver|root) ?=?' |
  head -n 60
