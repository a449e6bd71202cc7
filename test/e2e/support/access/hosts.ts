import { quote } from '../../../../src/shell/quote.js';
import { PASSWORD } from './inventory.js';

/**
 * Root's script for a lab host that offers every way in: users with sudo of every kind and login shells of every kind,
 * and an sshd for each rule of its own. It may run twice.
 */
export const SETUP = `set -e
for user in ops needtty pwtty fishy cshy noisy nosudo; do
  id $user >/dev/null 2>&1 || useradd -m -s /bin/bash $user
  echo "$user:"${quote(PASSWORD)} | chpasswd
  install -d -m 700 -o $user -g $user /home/$user/.ssh
  install -m 600 -o $user -g $user /root/.ssh/authorized_keys /home/$user/.ssh/authorized_keys
done
cat > /etc/sudoers.d/access <<'S'
ops,pwtty,fishy,cshy ALL=(ALL) ALL
needtty,noisy ALL=(ALL) NOPASSWD: ALL
Defaults:needtty,pwtty requiretty
S
cat > /home/noisy/.bashrc <<'S'
printf 'Welcome \\033]0;pwned\\007\\033[2J\\n'
echo 'noise on stderr' >&2
seq 1 3000
S
cat > /etc/ssh/sshd_access <<'S'
Port 2201
Port 2202
Port 2203
Port 2204
ListenAddress 0.0.0.0
ListenAddress ::
HostKey /etc/ssh/ssh_host_ed25519_key
UsePAM yes
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
Match LocalPort 2201
  PasswordAuthentication yes
  PubkeyAuthentication no
Match LocalPort 2202
  KbdInteractiveAuthentication yes
  PubkeyAuthentication no
Match LocalPort 2203
  MaxSessions 1
Match LocalPort 2204
  PasswordAuthentication yes
  AuthenticationMethods publickey,password
S
sed 's/^Port 2201/Port 2205\\nMaxStartups 1:100:1\\nLoginGraceTime 4/; /^Port 220[234]/d; /^Match/,$d' /etc/ssh/sshd_access > /etc/ssh/sshd_startups
for name in access startups; do systemctl is-active -q sshd-$name || systemd-run -q --unit sshd-$name /usr/sbin/sshd -D -f /etc/ssh/sshd_$name; done`;

/** Login shells that are not like sh, and strace; from Debian, so that takes a moment. */
export const INSTALL = `export DEBIAN_FRONTEND=noninteractive
apt-get update -q && apt-get install -y -q --no-install-recommends fish tcsh strace
chsh -s /usr/bin/fish fishy && chsh -s /bin/csh cshy
mkdir -p /home/fishy/.config/fish
echo 'echo fish noise' > /home/fishy/.config/fish/config.fish
echo 'echo csh noise' > /home/cshy/.cshrc`;
