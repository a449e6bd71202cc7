# shellcheck shell=sh
# The lines of containerd's configuration that a cluster depends on: as it understands them, else as they are written.

{ timeout 5 containerd config dump || cat /etc/containerd/config.toml; } |
  grep -E '^ *(\[.*[.]runtimes[.]|default_runtime_name|disabled_plugins|SystemdCgroup|systemd_cgroup|sandbox|sandbox_image|config_path|conf_dir|bin_dirs?)' |
  head -n 60
