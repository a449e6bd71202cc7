import { quote } from '../shell/quote.js';

/** A port to listen on for the check. */
export interface ProbePort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** A connection to try. */
export interface ProbeTarget extends ProbePort {
  readonly address: string;
}

/** How long listeners live when nobody stops them. */
export const LISTEN_SECONDS = 60;

/** How long one answer may take. */
export const ANSWER_SECONDS = 3;

/**
 * sh text that puts listeners up in the background. Prints a line 'PROTOCOL PORT up|taken|MESSAGE' per
 * port and 'pid N'; or 'no-perl'. perl-base is Essential on Debian and Ubuntu, where nc and python3 may be absent.
 */
export function listenScript(token: string, ports: readonly ProbePort[]): string {
  const words = ports.map(({ protocol, port }) => quote(`${protocol}:${String(port)}`)).join(' ');
  return `if command -v perl >/dev/null 2>&1; then perl -e ${quote(LISTENER)} ${quote(token)} ${String(LISTEN_SECONDS)} ${words}; else echo no-perl; fi`;
}

/** sh text that tries every target at once. Prints a line 'INDEX reached|timeout|refused|unreachable|unknown' each. */
export function connectScript(token: string, targets: readonly ProbeTarget[]): string {
  const words = targets.map(({ protocol, address, port }) => quote(`${protocol}/${address}/${String(port)}`)).join(' ');
  const withBash = targets.map(bashConnect).join('\n');
  return `if command -v perl >/dev/null 2>&1; then perl -e ${quote(CONNECTOR)} ${quote(token)} ${String(ANSWER_SECONDS)} ${words}
elif command -v bash >/dev/null 2>&1; then
${withBash}
wait
fi`;
}

/** sh text that ends the listeners, if the pid still is theirs. */
export function stopScript(token: string, pid: number): string {
  return `if grep -qs ${quote(token)} /proc/${String(pid)}/cmdline; then kill ${String(pid)}; fi`;
}

/** bash can open TCP connections by itself; UDP cannot be judged without an answer. */
function bashConnect({ protocol, address, port }: ProbeTarget, index: number): string {
  if (protocol === 'udp') return `echo '${String(index)} unknown'`;
  const open = quote(`exec 3<>/dev/tcp/${address}/${String(port)}`);
  return `( timeout ${String(ANSWER_SECONDS)} bash -c ${open} 2>/dev/null; case $? in 0) echo '${String(index)} reached';; 124) echo '${String(index)} timeout';; *) echo '${String(index)} refused';; esac ) &`;
}

/** Takes TCP connections and sends UDP datagrams that are the token back. The token in its command line is what stop looks for; descriptors of the shell that started it are closed. */
const LISTENER = String.raw`use strict; use Socket; use IO::Select; use IO::Handle; use POSIX ();
my ($token, $seconds, @ports) = @ARGV;
my ($select, %udp) = (IO::Select->new);
for (@ports) {
  my ($proto, $port) = split /:/;
  my $udp = $proto eq "udp";
  my $done = 0; my $why = "";
  for my $family (AF_INET6, AF_INET) {
    socket(my $s, $family, $udp ? SOCK_DGRAM : SOCK_STREAM, 0) or next;
    setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack("l", 1)) unless $udp;
    setsockopt($s, 41, 26, pack("l", 0)) if $family == AF_INET6;
    my $any = $family == AF_INET6 ? pack_sockaddr_in6($port, Socket::IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY);
    if (bind($s, $any) && ($udp || listen($s, 512))) { $s->blocking(0); $select->add($s); $udp{fileno $s} = $udp; $done = 1; last }
    $why = $!{EADDRINUSE} ? "taken" : "$!";
    last if $!{EADDRINUSE};
  }
  print "$proto $port ", ($done ? "up" : $why), "\n";
}
exit 0 unless $select->count;
$| = 1;
my $pid = fork;
if (!defined $pid) { print "fork $!\n"; exit 1 }
if ($pid) { print "pid $pid\n"; exit 0 }
POSIX::setsid();
my %mine = map { (fileno $_, 1) } $select->handles;
$mine{$_} or POSIX::close($_) for 3 .. 255;
open STDIN, "<", "/dev/null"; open STDOUT, ">", "/dev/null"; open STDERR, ">", "/dev/null";
chdir "/"; $SIG{PIPE} = "IGNORE"; $SIG{HUP} = "IGNORE"; alarm $seconds;
for (;;) {
  for my $s ($select->can_read) {
    if ($udp{fileno $s}) { my $from = recv($s, my $data, 512, 0); send($s, $token, 0, $from) if defined $from && length $from && $data eq $token }
    elsif (accept(my $c, $s)) { close $c }
  }
}
`;

/** All targets at once, a few hundred at a time so that file descriptors suffice. UDP is sent again each second: one lost datagram is no firewall. */
const CONNECTOR = String.raw`use strict; use Socket; use IO::Select; use IO::Handle; use POSIX ();
sub now { (POSIX::times())[0] / POSIX::sysconf(POSIX::_SC_CLK_TCK()) }
my ($token, $bound, @targets) = @ARGV;
my $index = 0;
while (my @batch = splice @targets, 0, 300) {
  my ($read, $write, %of, %open) = (IO::Select->new, IO::Select->new);
  for (@batch) {
    my $me = $index++;
    my ($proto, $address, $port) = split m{/};
    my ($udp, $six) = ($proto eq "udp", $address =~ /:/);
    my $ip = $six ? Socket::inet_pton(AF_INET6, $address) : inet_aton($address);
    if (!defined $ip) { print "$me unreachable\n"; next }
    socket(my $s, $six ? AF_INET6 : AF_INET, $udp ? SOCK_DGRAM : SOCK_STREAM, 0) or do { print "$me unknown\n"; next };
    $s->blocking(0);
    my $to = $six ? pack_sockaddr_in6($port, $ip) : pack_sockaddr_in($port, $ip);
    my $ok = connect $s, $to;
    if (!$ok && !$!{EINPROGRESS}) { print "$me ", reason(), "\n"; next }
    $of{fileno $s} = [$me, $udp]; $open{$me} = $s;
    if ($udp) { send $s, $token, 0; $read->add($s) } else { $write->add($s) }
  }
  my ($start, $sent) = (now(), 1);
  while (%open && now() - $start < $bound) {
    my ($r, $w) = IO::Select->select($read, $write, undef, 0.2);
    for my $s (@{$r || []}, @{$w || []}) {
      my ($me, $udp) = @{$of{fileno $s}};
      my $result;
      if ($udp) {
        if (defined recv($s, my $data, 512, 0)) { next unless $data eq $token; $result = "reached" }
        else { next if $!{EAGAIN}; $result = reason() }
      } else {
        $! = unpack "l", getsockopt($s, SOL_SOCKET, SO_ERROR);
        $result = $! == 0 ? "reached" : reason();
      }
      print "$me $result\n"; $read->remove($s); $write->remove($s); delete $open{$me}; close $s;
    }
    if (now() - $start > $sent) { $sent++; send $_, $token, 0 for $read->handles }
  }
  print "$_ timeout\n" for keys %open;
}
sub reason { $!{ECONNREFUSED} || $!{ECONNRESET} ? "refused" : $!{EHOSTUNREACH} || $!{ENETUNREACH} || $!{EACCES} || $!{EPERM} ? "unreachable" : $!{ETIMEDOUT} ? "timeout" : "unknown" }
`;
