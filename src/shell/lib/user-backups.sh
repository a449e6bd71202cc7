# shellcheck shell=sh
# Copies that useradd and its like leave of what they change, for the undo of whatever makes users: `diff /etc/passwd-
# /etc/passwd` shall say after a reset what it said before.
# include: saved-path.sh

save_user_backups() {
  for name in passwd- group- shadow- gshadow- subuid- subgid-; do
    save_path "/etc/$name" "$name"
  done
}

restore_user_backups() {
  for name in passwd- group- shadow- gshadow- subuid- subgid-; do
    restore_path "/etc/$name" "$name"
  done
}
