// An SSH server that answers as a real host did, each question after the same time. What it was never asked it refuses.
import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { requestNamer, requestReader, tokensOf } from './requests.js';

/**
 * @param model { name, address, own, shell, channels, tunnels } of the host that was recorded
 * @param self { name, address } of the one that is played
 * @param site { answerMs, hostLines, onSurprise(text) }
 */
export function replayingServer(hostKey, model, self, site) {
  const answers = new Map(model.shell.map((entry) => [entry.name, entry]));
  const swaps = [
    ...(model.name === self.name ? [] : [[model.name, self.name]]),
    [model.address, self.address],
    ...model.own.map((word) => [word, alike(word, self.name)]),
  ];
  const counts = { channels: 0, requests: 0 };
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    // As sshd does for its sessions: without it the second half of an answer waits 40 ms for the client's acknowledgement.
    client.setNoDelay(true);
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      const session = accept();
      session.on('exec', (acceptExec, _reject, { command }) => {
        counts.channels += 1;
        const channel = acceptExec();
        channel.on('error', () => undefined);
        if (/ sh$/.test(command)) shell(channel);
        else stream(channel);
      });
    });
    client.on('tcpip', (_accept, reject) => reject());
  });

  const shell = (channel) => {
    const name = requestNamer();
    let nonce;
    let before = Promise.resolve();
    const answer = async (id, text, came) => {
      counts.requests += 1;
      const entry = answerTo(name(text));
      await new Promise((resolve) => setTimeout(resolve, came + site.answerMs - performance.now()));
      if (channel.destroyed) return;
      const mark = `\x1e${nonce} ${id} ${entry?.code ?? 127}\n`;
      channel.write(`${entry === undefined ? '' : inItsWords(entry, 'stdout', text)}${mark}`);
      channel.stderr.write(
        `${entry === undefined ? 'this host was never asked that before\n' : inItsWords(entry, 'stderr', text)}${mark}`,
      );
    };
    channel.on(
      'data',
      requestReader({
        onBoot: (found) => {
          nonce = found;
          const mark = `\x1e${nonce} boot 4242 \n`;
          channel.write(mark);
          channel.stderr.write(mark);
        },
        onRequest: (id, text) => {
          // Of what is written ahead of an answer each has its time from when it came, as on a long way; they are answered in order.
          const came = performance.now();
          before = before.then(() => answer(id, text, came));
        },
      }),
    );
    channel.on('end', () => {
      channel.exit(0);
      channel.end();
    });
  };

  /** The last answer holds for what is asked more often than it was recorded. */
  const answerTo = (name) => {
    const entry = answers.get(name);
    if (entry !== undefined) return entry;
    const [, label, count] = /^(.*) #(\d+)$/.exec(name) ?? [];
    for (let number = Number(count) - 1; number > 0; number -= 1) {
      const former = answers.get(`${label} #${number}`);
      if (former !== undefined) return former;
    }
    site.onSurprise(`${self.name}: ${name}`);
    return undefined;
  };

  /** The recorded answer as this host would give it now: its own names, this question's random words, its clock. */
  const inItsWords = (entry, which, text) => {
    let said = entry[which] ?? '';
    if (said === '') return said;
    if (entry.name.startsWith('preflight/probe/connect ')) return allReached(text);
    entry.tokens ??= tokensOf(entry.text);
    entry.used ??= new Set([...tokensOf(entry.stdout ?? ''), ...tokensOf(entry.stderr ?? '')]);
    const tokens = tokensOf(text);
    if (tokens.length === entry.tokens.length)
      entry.tokens.forEach((token, index) => {
        if (entry.used.has(token) && token !== tokens[index]) said = said.replaceAll(token, tokens[index]);
      });
    else site.onSurprise(`${self.name}: ${entry.name}: ${tokens.length} words, recorded with ${entry.tokens.length}`);
    for (const [word, own] of swaps) said = said.replaceAll(word, own);
    const later = Date.now() - entry.at;
    said = said.replaceAll(/\b1[789]\d{17}\b/g, (ns) => `${Number(ns.slice(0, 13)) + later}${ns.slice(13)}`);
    return said.replaceAll(/^(block=whole\ncontent=).*$/gm, (whole, head) =>
      isHostLines(whole) ? `${head}${site.hostLines}` : whole,
    );
  };

  /** A channel of its own: reads what comes, and says what was said then. */
  const stream = (channel) => {
    let head = '';
    channel.on('data', (chunk) => {
      if (head.length < 65536) head += chunk.toString('latin1');
    });
    channel.on('end', () => {
      const found = model.channels.find(({ head: recorded }) => shape(recorded) === shape(head)) ?? model.channels[0];
      const nonces = [recordedNonce(found?.head ?? ''), recordedNonce(head)];
      const said = (text) => (nonces[0] === undefined ? text : text.replaceAll(nonces[0], nonces[1] ?? ''));
      if (found === undefined) site.onSurprise(`${self.name}: a channel: ${head.slice(0, 120)}`);
      setTimeout(() => {
        channel.write(said(found?.stdout ?? ''), 'latin1');
        channel.stderr.write(said(found?.stderr ?? ''), 'latin1');
        channel.exit(found?.code ?? 127);
        channel.end();
      }, site.answerMs);
    });
  };
  return { server, counts };
}

const shape = (head) => /\( # (\S+)/.exec(head)?.[1];
const recordedNonce = (head) => /"([0-9a-f]{32}) \$\$"/.exec(head)?.[1];

/** With more hosts there are more ways between them to try than were recorded: all are open. */
function allReached(text) {
  return [...text.matchAll(/ (?:tcp|udp)\/(\d+)\//g)].map(([, id]) => `${id} reached\n`).join('');
}

/** Names and addresses of the site, in base64. */
function isHostLines(line) {
  const text = Buffer.from(line.slice(line.lastIndexOf('=') + 1), 'base64').toString();
  return /^(?:\d+\.\d+\.\d+\.\d+ node\d+\n)+$/.test(text);
}

/** A word of the same form that only this host has: hexadecimal digits become others. */
function alike(word, name) {
  const digits = createHash('sha256').update(`${word} ${name}`).digest('hex').repeat(2);
  let at = 0;
  // The first two digits stay: in a hardware address they say what kind it is.
  return word.replaceAll(/[0-9a-f]/g, (digit, index) => (index < 2 ? digit : digits[at++]));
}
