// An SSH server before a real host: it hands everything on, and keeps what was asked and answered.
import ssh2 from 'ssh2';
import { answerReader, requestNamer, requestReader } from './requests.js';

/** What tells one machine from another, asked before anything else, so that a copy can be given its own. */
const OWN = 'cat /etc/machine-id; cat /sys/class/net/*/address; cat /sys/class/dmi/id/product_uuid 2>/dev/null';

/** Gives `{ server, recording }`; the recording grows with what goes through. */
export function recordingServer(hostKey, { host, port, username, privateKey }) {
  const recording = { own: [], shell: [], channels: [], tunnels: [] };
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    const upstream = new ssh2.Client();
    const connected = new Promise((resolve, reject) => {
      upstream.once('ready', resolve).once('error', reject);
      upstream.connect({ host, port, username, privateKey, readyTimeout: 60_000 });
    });
    const end = () => upstream.end();
    client.on('error', end).on('close', end);
    client.on('authentication', (context) =>
      connected.then(
        () => context.accept(),
        () => context.reject(),
      ),
    );
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        upstream.exec(command, (error, above) => {
          if (error) return void channel.exit(255);
          const kept = / sh$/.test(command) ? shellTap(recording.shell) : channelTap(recording.channels, command);
          channel.on('data', (chunk) => {
            kept.asked(chunk);
            above.write(chunk);
          });
          channel.on('end', () => above.end());
          above.on('data', (chunk) => {
            kept.said('stdout', chunk);
            channel.write(chunk);
          });
          above.stderr.on('data', (chunk) => {
            kept.said('stderr', chunk);
            channel.stderr.write(chunk);
          });
          above.on('exit', (code) => {
            kept.ended(code);
            channel.exit(code ?? 255);
          });
          above.on('close', () => channel.end());
        });
      });
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      upstream.forwardOut('127.0.0.1', 0, destIP, destPort, (error, above) => {
        recording.tunnels.push({ port: destPort, refused: error?.message });
        if (error) return reject();
        const below = accept();
        below.pipe(above).pipe(below);
      });
    });
  });
  return { server, recording };
}

/** Asks a host for what is its own alone. */
export function askOwn({ host, port, username, privateKey }) {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once('error', reject).once('ready', () =>
      client.exec(OWN, (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.on('data', (chunk) => (text += chunk));
        channel.on('close', () => {
          client.end();
          resolve([...new Set(text.split('\n').filter((word) => word.length > 8 && !/^[0:f]+$/.test(word)))]);
        });
      }),
    );
    client.connect({ host, port, username, privateKey, readyTimeout: 60_000 });
  });
}

function shellTap(shell) {
  const open = new Map();
  const name = requestNamer();
  let readers;
  const answer = (stream) => (id, code, text) => {
    const entry = open.get(id);
    if (entry === undefined) return;
    entry[stream] = text;
    entry.code = code;
    entry.ms = Math.round(performance.now() - entry.begun);
    entry.at = Date.now();
  };
  const asked = requestReader({
    onBoot: (nonce) => {
      readers = { stdout: answerReader(nonce, answer('stdout')), stderr: answerReader(nonce, answer('stderr')) };
    },
    onRequest: (id, text) => {
      const entry = { name: name(text), text, begun: performance.now() };
      open.set(id, entry);
      shell.push(entry);
    },
  });
  return { asked, said: (stream, chunk) => readers?.[stream](chunk), ended: () => undefined };
}

function channelTap(channels, command) {
  const entry = { command, head: '', stdout: '', stderr: '' };
  channels.push(entry);
  return {
    asked: (chunk) => {
      if (entry.head.length < 65536) entry.head += chunk.toString('latin1').slice(0, 65536);
    },
    said: (stream, chunk) => {
      entry[stream] += chunk.toString('latin1');
    },
    ended: (code) => {
      entry.code = code;
    },
  };
}
