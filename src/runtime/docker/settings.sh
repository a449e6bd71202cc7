# shellcheck shell=sh
# What a cluster depends on: as the engine understands it, else as it is written.
# include: ./docker.sh

engine 5 info --format 'cgroup driver: {{.CgroupDriver}}
storage driver: {{.Driver}}
logging driver: {{.LoggingDriver}}
live restore: {{.LiveRestoreEnabled}}
root: {{.DockerRootDir}}
default runtime: {{.DefaultRuntime}}' 2> /dev/null || head -n 60 /etc/docker/daemon.json
