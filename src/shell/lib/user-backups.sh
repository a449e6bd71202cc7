# shellcheck shell=sh
# Copies that useradd and its like leave of what they change, for the undo of whatever makes users: `diff /etc/passwd-
# /etc/passwd` shall say after a reset what it said before. Where somebody has changed the users since (a password), the
# copies there are now are that person's, and stay.
# include: saved-path.sh

save_user_backups() {
  for name in passwd- group- shadow- gshadow- subuid- subgid-; do
    save_path "/etc/$name" "$name"
    main_digest "$name" > "$D/$name.main"
  done
}

restore_user_backups() {
  for name in passwd- group- shadow- gshadow- subuid- subgid-; do
    [ "$(main_digest "$name")" != "$(cat < "$D/$name.main")" ] || restore_path "/etc/$name" "$name"
  done
}

# Of the file that this is a copy of; empty where there is none.
main_digest() {
  [ ! -e "/etc/${1%-}" ] || sha256sum < "/etc/${1%-}"
}
