import { begin, JOB_FOLDER, RUN, TAKEN_OVER } from '../shell/job.js';

/**
 * sh text that reads files from standard input: a line 'file <size> <mode> <owner>:<group> <sha256 or ->', a line with
 * the path, then exactly <size> bytes; at last a line 'end'. `read` takes one line and no byte more (POSIX), `head -c`
 * its bytes and no more. No file is renamed before all are there, checked and synced; when anything fails, or the stream
 * stops before 'end', no temporary file is left.
 * A wrong checksum (checked while the next file comes) takes its file away, which stops the rest.
 * Prints 'done', 'taken over' (see job.ts), or 'fail <index>' with the reason on standard error. `tag` makes the temporary
 * names unique.
 * `claimed`: putting the files in place is a job (reading them is none: a sender that died would keep it for ever), and
 * temporary files of other runs, which only a power cut leaves behind, are taken away.
 */
export function uploadReader(tag: string, claimed: boolean, run: string = RUN, folder: string = JOB_FOLDER): string {
  return `
n=0 swept=:
clean() { i=0; while [ $i -lt $n ]; do eval 'rm -f -- "$t'$i'"'; i=$((i+1)); done; }
trap clean EXIT
trap 'exit 1' HUP INT TERM PIPE
fail() { echo "fail $1"; df -Pk -- "\${dir:-/}" 2>/dev/null | { read -r head; read -r device total used free rest && echo "$((free / 1024)) MB of $((total / 1024)) MB are free there" >&2; }; exit 1; }
while read -r word size mode owner sum; do
  [ "$word" = file ] || break
  IFS= read -r path || exit 1
  dir=\${path%/*}
  [ -d "$dir/" ] || mkdir -p -- "$dir" || fail $n
${claimed ? sweep(run) : ''}  tmp=$dir/.kinit-up-${run}-${tag}-$n
  eval t$n='$tmp' p$n='$path' s$n='$sum'
  me=$n
  n=$((n+1))
  umask 077; set -C
  true >"$tmp" || fail $me
  umask 022; set +C
  if [ "$owner" != root:root ] || [ -g "$dir/" ]; then chown -- "$owner" "$tmp" || fail $me; fi
  chmod -- "$mode" "$tmp" || fail $me
  [ "$size" = 0 ] || head -c "$size" >"$tmp" || fail $me
  if [ "$sum" = - ]; then continue; fi
  { got=$(sha256sum <"$tmp") && [ "\${got%% *}" = "$sum" ] || { echo "what arrived has sha256 \${got%% *}, not $sum" >&2; echo "fail $me"; rm -f -- "$tmp"; }; } </dev/null &
done
[ "$word" = end ] || exit 1
wait
set --
i=0
while [ $i -lt $n ]; do eval 'set -- "$@" "$t'$i'"'; i=$((i+1)); done
for tmp; do [ -e "$tmp" ] || exit 1; done
(
${claimed ? begin('put files in place', run, folder) : ''}
[ $n = 0 ] || sync -- "$@" || fail 0
i=0
while [ $i -lt $n ]; do
  eval tmp='$t'$i path='$p'$i
  mv -f -T -- "$tmp" "$path" || fail $i
  i=$((i+1))
done
echo done
)${claimed ? ` 9>>${folder}/changing` : ''}
code=$?; [ $code != ${TAKEN_OVER} ] || echo 'taken over'
exit $code`;
}

function sweep(run: string): string {
  return `  case $swept in *":$dir:"*) ;; *)
    swept=$swept$dir:
    for old in "$dir"/.kinit-up-*; do case $old in "$dir/.kinit-up-${run}-"*) ;; *) rm -f -- "$old";; esac; done;;
  esac
`;
}
