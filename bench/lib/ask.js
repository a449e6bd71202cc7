// Questions to what runs on a host, asked from the host itself through SSH: much listens on its loopback interface only.
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { parse } from 'yaml';
import { onHost } from './lab.js';

const ANSWER_MS = 2000;

/** GET of a port of the host. @param login certificate and key, where it wants one @returns { status, body } */
export async function get(connection, { port, path, plain = false, login = {} }) {
  const stream = await connection.connectTcp('127.0.0.1', port);
  return new Promise((resolve, reject) => {
    const settle = (act) => (value) => {
      stream.destroy();
      act(value);
    };
    stream.on('error', settle(reject));
    const send = plain ? plainRequest : request;
    const asked = send(
      {
        path,
        timeout: ANSWER_MS,
        createConnection: () => (plain ? stream : tlsConnect({ socket: stream, rejectUnauthorized: false, ...login })),
      },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', settle(reject));
        response.on('end', () =>
          settle(resolve)({ status: response.statusCode, body: Buffer.concat(parts).toString() }),
        );
      },
    );
    asked.on('error', settle(reject));
    asked.on('timeout', () => settle(reject)(new Error(`port ${port}${path} did not answer`)));
    asked.end();
  });
}

export async function answersOk(connection, where) {
  return (await get(connection, where)).status === 200;
}

/** Whether these nodes are in the cluster and Ready. */
export async function nodesReady(connection, names) {
  const { users } = parse(await onHost(connection, 'cat /etc/kubernetes/admin.conf'));
  const bytes = (key) => Buffer.from(users[0].user[key], 'base64');
  const login = { cert: bytes('client-certificate-data'), key: bytes('client-key-data') };
  const { status, body } = await get(connection, { port: 6443, path: '/api/v1/nodes', login });
  if (status !== 200) return false;
  const ready = JSON.parse(body)
    .items.filter(({ status }) => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    .map(({ metadata }) => metadata.name);
  return names.every((name) => ready.includes(name));
}

const DNS = { address: '10.96.0.10', name: 'kubernetes.default.svc.cluster.local' };

/**
 * A question to these hosts, the first of which is a control plane: whether all are Ready nodes, and the cluster's DNS tells each an
 * address. Nodes that were Ready are not asked for again.
 */
export function clusterWorks(connections, names) {
  let ready = false;
  return async () => {
    ready ||= await nodesReady(connections[0], names);
    return (
      ready && (await Promise.all(connections.map((each) => dnsAnswers(each, DNS.address, DNS.name)))).every(Boolean)
    );
  };
}

/**
 * Whether the cluster's DNS tells the host the address of a name. Asked at the address of its Service, so kube-proxy's rules are in it;
 * as long as kube-proxy does not work nothing is sent, for nobody else has that address.
 */
export async function dnsAnswers(connection, address, name) {
  if (!(await answersOk(connection, { port: 10256, path: '/healthz', plain: true }))) return false;
  const asked = connection.connectTcp(address, 53);
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS).unref());
  const stream = await Promise.race([asked, late]);
  if (stream === undefined) {
    asked.then(
      (found) => found.destroy(),
      () => undefined,
    );
    return false;
  }
  return new Promise((resolve) => {
    const give = (found) => {
      stream.destroy();
      resolve(found);
    };
    let answer = Buffer.alloc(0);
    setTimeout(() => give(false), ANSWER_MS).unref();
    stream.on('error', () => give(false));
    stream.on('close', () => give(false));
    stream.on('data', (part) => {
      answer = Buffer.concat([answer, part]);
      // Length, then the header (RFC 1035, 4.1.1 and 4.2.2): the code stands in its second word, the number of answers in its fourth.
      if (answer.length >= 14 && answer.length >= answer.readUInt16BE(0) + 2)
        give((answer.readUInt16BE(4) & 0xf) === 0 && answer.readUInt16BE(8) > 0);
    });
    stream.write(question(name));
  });
}

/** For the IPv4 address of a name, over TCP. */
function question(name) {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const message = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  return Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);
}
