// The process in which the hosts live: apart from kinit and from the measurement, so that each can be measured by itself.
import ssh2 from 'ssh2';
import { recordingServer } from './record.js';
import { replayingServer } from './replay.js';

const surprises = new Map();
let servers = [];

process.on('message', (order) => {
  Promise.resolve(orders[order.do](order)).then(
    (answer) => process.send({ id: order.id, answer }),
    (error) => process.send({ id: order.id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit(0));

const orders = {
  record: ({ hosts, hostKey }) =>
    open(hosts.map((upstream) => ({ ...recordingServer(hostKey, upstream), name: upstream.name }))),
  recorded: () => Object.fromEntries(servers.map(({ name, recording }) => [name, structuredClone(recording)])),
  replay: ({ hosts, models, hostKey, answerMs, hostLines }) => {
    surprises.clear();
    const site = { answerMs, hostLines, onSurprise: (text) => surprises.set(text, (surprises.get(text) ?? 0) + 1) };
    const shared = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, model]));
    return open(hosts.map((self) => replayingServer(hostKey, shared[self.model], self, site)));
  },
  seen: () => ({
    channels: servers.map(({ counts }) => counts?.channels ?? 0),
    requests: servers.map(({ counts }) => counts?.requests ?? 0),
    surprises: [...surprises],
  }),
  close: () => {
    for (const { server } of servers) server.close();
    servers = [];
  },
  key: () => {
    for (;;) {
      const pair = ssh2.utils.generateKeyPairSync('ed25519');
      // ssh2 1.17 leaves the first byte of one in 256 public keys out, where it is zero: that is no key.
      if (Buffer.from(pair.public.split(' ')[1], 'base64').length === 51) return pair;
    }
  },
};

/** Gives the ports, in order. */
async function open(all) {
  servers = all;
  return await Promise.all(
    all.map(
      ({ server }) =>
        new Promise((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server.address().port));
        }),
    ),
  );
}
