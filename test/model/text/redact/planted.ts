/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Planted {
  /** What stands in a log, an event, a file. */
  readonly text: string;
  /** What must not be left of it. */
  readonly secrets: readonly string[];
}

type Choose = <T>(all: readonly T[]) => T;
type Wrap = (text: string, choose: Choose) => string;

const KEYS = [
  ...['password', 'PASSWORD', 'db_password', 'DB_PASSWORD', 'MYSQL_ROOT_PASSWORD', 'spring.datasource.password'],
  ...['passwd', 'passphrase', 'token', 'TOKEN', 'accessToken', 'access_token', 'id-token', 'identitytoken'],
  ...[
    'registrytoken',
    'clientSecret',
    'client_secret',
    'secret',
    'api-key',
    'apiKey',
    'API_KEY',
    'AWS_SECRET_ACCESS_KEY',
  ],
  ...[
    'secretKey',
    'certificate-key',
    'encryption-key',
    'private_key',
    'DB_PASS',
    'password2',
    'tokenValue',
    'client-key-data',
  ],
];
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const BASE64 = `${LETTERS}+/`;

function word(choose: Choose, length: number, letters = LETTERS): string {
  return Array.from({ length }, () => choose([...letters])).join('');
}

/** A secret that a person chose, and one that a machine made; neither looks like anything by itself. */
const plain = (choose: Choose): string =>
  choose([
    () => `hunter${word(choose, 6)}`,
    () => word(choose, 24),
    () => `${word(choose, 30, BASE64)}Q==`,
    () => `P4ss!${word(choose, 5)}#%${word(choose, 3)}`,
    () => `${word(choose, 4)},${word(choose, 4)};${word(choose, 4)}`,
    () => `${word(choose, 4)}$@${word(choose, 6)}`,
  ])();

/** With spaces and quotes in it: only where it is quoted itself. */
const odd = (choose: Choose): string =>
  choose([
    () => `correct ${word(choose, 5)} battery ${word(choose, 5)}`,
    () => `say "${word(choose, 5)}" twice ${word(choose, 4)}`,
    () => `C:\\${word(choose, 5)}\\new`,
    () => `{${word(choose, 5)}: [${word(choose, 5)}]}`,
  ])();

/** A key and a secret beside it, as programs write it. */
const pairs: readonly ((key: string, choose: Choose) => Planted)[] = [
  (key, choose) => one(plain(choose), (secret) => `${key}=${secret}`),
  (key, choose) => one(plain(choose), (secret) => `${key}: ${secret}`),
  (key, choose) => one(plain(choose), (secret) => `--${key}=${secret}`),
  (key, choose) => one(plain(choose), (secret) => `--${key} ${secret}`),
  (key, choose) => one(plain(choose), (secret) => `export ${key}='${secret}'`),
  (key, choose) => one(plain(choose), (secret) => `{${key}:${secret} User:bob}`.replace(key, camel(key))),
  (key, choose) => one(plain(choose), (secret) => `map[${key}:${secret} user:bob]`),
  (key, choose) =>
    one(choose([plain, odd])(choose), (secret) => JSON.stringify({ user: 'bob', [key]: secret, host: 'db' })),
  (key, choose) => one(choose([plain, odd])(choose), (secret) => JSON.stringify({ a: [{ [key]: secret }] }, null, 2)),
  (key, choose) => one(choose([plain, odd])(choose), (secret) => `${key}=${JSON.stringify(secret)}`),
  (key, choose) =>
    one(choose([plain, odd])(choose), (secret) => `msg="login of bob" ${key}=${JSON.stringify(secret)} n=1`),
  (key, choose) => one(plain(choose), (secret) => `--- \nuser: bob\n${key}: "${secret}"\nhost: db`),
  (key, choose) => one(`correct ${word(choose, 8)} battery`, (secret) => `user: bob\n  ${key}: ${secret}\n  host: db`),
  (key, choose) => one(plain(choose), (secret) => `user: bob\n${key}: |\n  ${secret}\nhost: db`),
  (key, choose) => one(plain(choose), (secret) => `Environment="${key}=${secret}" "B=c"`),
  (key, choose) => one(`correct ${word(choose, 8)} battery`, (secret) => `Environment="${key}=${secret}" "B=c"`),
  (key, choose) => one(plain(choose), (secret) => JSON.stringify(['serve', `--${key}`, secret, '--v=2'])),
  (key, choose) => one(plain(choose), (secret) => `\u001b[36m${key}\u001b[0m=${secret} level=info`),
  (key, choose) =>
    one(
      plain(choose),
      (secret) => `https://db.test/v1?user=bob&${key}=${encodeURIComponent(secret)}&pod=web`,
      encodeURIComponent,
    ),
  (key, choose) => one(plain(choose), (secret) => `${key} => '${secret}', host => 'db'`),
];

/** Secrets that are known by what they look like, or by the words around them. */
const shapes: readonly ((choose: Choose) => Planted)[] = [
  (choose) => one(word(choose, 16, 'abcdefghijkl0123456789'), (secret) => `the token abcdef.${secret} was refused`),
  (choose) =>
    one(
      word(choose, 16, 'abcdefghijkl0123456789'),
      (secret) => `kubeadm join 10.0.0.1:6443 --token abcdef.${secret} --v 5`,
    ),
  (choose) => jwt(choose),
  (choose) => one(word(choose, 12), (secret) => `pulling https://bob:${secret}@registry.test/v2/`),
  (choose) => one(word(choose, 12), (secret) => `HTTPS_PROXY=http://bob:${secret}@proxy.test:3128`),
  (choose) => one(word(choose, 20), (secret) => `Authorization: Bearer ${secret}`),
  (choose) => one(word(choose, 20), (secret) => `curl -H "Authorization: Bearer ${secret}" https://r.test`),
  (choose) => one(word(choose, 20), (secret) => `headers=map[Accept:[*/*] Authorization:[Bearer ${secret}]]`),
  (choose) => one(word(choose, 20), (secret) => `X-Auth-Token: ${secret}`),
  (choose) => one(base64(`bob:${word(choose, 12)}`), (secret) => `Authorization: Basic ${secret}`),
  (choose) =>
    one(base64(`bob:${word(choose, 12)}`), (secret) => JSON.stringify({ auths: { 'r.test': { auth: secret } } })),
  (choose) =>
    one(
      base64(JSON.stringify({ auths: { 'r.test': { username: 'bob', password: word(choose, 12) } } })),
      (secret) => `.dockerconfigjson: ${secret}`,
    ),
  (choose) =>
    one(
      base64(word(choose, 32)),
      (secret) => `- aescbc:\n    keys:\n    - name: key1\n      secret: ${secret}\n- identity: {}`,
    ),
  (choose) => pem(choose, (key) => key),
  (choose) => pem(choose, (key) => `key written: ${JSON.stringify(key)} mode 600`),
  (choose) =>
    pem(choose, (key) =>
      key
        .split('\n')
        .map((line) => `2026-11-21T14:53:27.1Z stderr F ${line}`)
        .join('\n'),
    ),
  (choose) => pem(choose, (key) => key.slice(0, key.lastIndexOf('-----END') - 20)),
  (choose) => pem(choose, (key) => key.slice(key.indexOf('\n') + 5)),
  (choose) => pem(choose, (key) => `client-key-data: ${base64(key)}`, base64),
  (choose) => pem(choose, (key) => `data:\n  tls.key: ${base64(key)}\n  tls.crt: x`, base64),
  (choose) =>
    pem(
      choose,
      (key) => base64(`apiVersion: v1\nkind: Config\nusers:\n- user: {client-key-data: ${base64(key)}}\n`),
      base64,
    ),
  (choose) => one(word(choose, 12), (secret) => `<user>bob</user><password>${secret}</password>`),
  (choose) => one(word(choose, 40), (secret) => `bob:$6$Zk1${word(choose, 6)}$${secret}:19000:0`),
  (choose) => one(word(choose, 36), (secret) => `git clone https://ghp_${secret}@github.test/a/b`),
  (choose) => one(word(choose, 12), (secret) => `env: [{"name":"DB_PASSWORD","value":"x"}] --user bob:${secret}`),
];

/** What a text may have gone through before the doctor reads it. */
const wraps: readonly Wrap[] = [
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify({ level: 'error', msg: text, ts: 1 }),
  (text) =>
    `E1121 15:27:45.123456     123 server.go:209] "Failed to start" err=${JSON.stringify(text)} pod="default/web-0"`,
  (text) => `time="2026-11-21T14:53:27Z" level=error msg=${JSON.stringify(text)}`,
  (text) =>
    text
      .split('\n')
      .map((line) => `2026-11-21T14:53:27.123456789Z stderr F ${line}`)
      .join('\n'),
  (text) =>
    text
      .split('\n')
      .map((line) => `1795274984.771142 node2 kubelet[519]: ${line}`)
      .join('\n'),
  (text) => `Error: ${text}\nsecond line`,
];

/** A text with secrets in it, made from a number: shape, quoting, nesting and log format. */
export function planted(seed: number): Planted {
  const next = random(seed);
  const choose: Choose = (all) => all[Math.floor(next() * all.length)] as (typeof all)[number];
  const { text: bare, secrets } = choose([() => choose(pairs)(choose(KEYS), choose), () => choose(shapes)(choose)])();
  let text = bare;
  for (let depth = Math.floor(next() * 4); depth > 0; depth -= 1) text = choose(wraps)(text, choose);
  // A shell's quoting, which nobody does twice.
  if (next() < 0.1) text = `sh -c '${text.replaceAll("'", String.raw`'\''`)}'`;
  return { text: `kubelet started on node2\n${text}\nnothing else on node2\n`, secrets };
}

function one(
  secret: string,
  write: (secret: string) => string,
  as: (secret: string) => string = (same) => same,
): Planted {
  return { text: write(secret), secrets: pieces(as(secret)) };
}

function jwt(choose: Choose): Planted {
  const body = Buffer.from(JSON.stringify({ sub: `system:serviceaccount:${word(choose, 9)}` })).toString('base64url');
  const signature = word(choose, 60);
  return { text: `token used: eyJhbGciOiJSUzI1NiJ9.${body}.${signature} ok`, secrets: [body, signature] };
}

function pem(choose: Choose, write: (key: string) => string, as: (key: string) => string = (same) => same): Planted {
  const kind = choose(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']);
  const lines = Array.from({ length: 5 }, () => word(choose, 64, BASE64));
  const key = `-----BEGIN ${kind}PRIVATE KEY-----\n${lines.join('\n')}\n${word(choose, 22, BASE64)}==\n-----END ${kind}PRIVATE KEY-----\n`;
  const encoded = as(key);
  return {
    text: write(key),
    secrets:
      encoded === key ? lines.map((line) => line.slice(8, 40)) : [encoded.slice(80, 120), encoded.slice(-60, -20)],
  };
}

/** Parts without what quoting changes: none of them may be left. */
function pieces(secret: string): string[] {
  return secret
    .split(/[^A-Za-z0-9+/=]+/)
    .filter((piece) => piece.length >= 4 && !['correct', 'battery', 'twice'].includes(piece));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function camel(key: string): string {
  return key
    .replaceAll(/[-_.]+(\w)/g, (_all, letter: string) => letter.toUpperCase())
    .replace(/^\w/, (letter) => letter.toUpperCase());
}
