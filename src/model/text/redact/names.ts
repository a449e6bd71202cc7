/** Last words of names that hold a secret: DB_PASSWORD, clientSecret, --token. */
const WORDS = new Set([
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pass', 'psk', 'secret', 'token', 'apikey'],
  ...['credential', 'credentials', 'authorization', 'cookie', 'dockerconfigjson', 'dockercfg'],
]);
/** Two last words: api-key, client-key-data. */
const PAIRS = new Set(
  ['api', 'access', 'secret', 'private', 'certificate', 'encryption', 'signing', 'auth', 'account', 'storage', 'master']
    .concat(['shared', 'session', 'license', 'deploy', 'hmac', 'aes'])
    .map((word) => `${word} key`),
);
/** Words written in one: dbpassword, accesstoken. Also what stands after an escaped line end: \npassword. */
const ENDINGS =
  /(?:password|passwd|passphrase|secret|token|apikey|secretkey|accesskey|privatekey|credentials?|(?:db|sql|pg|root|user|admin|app|smtp|redis)pass)$/;
/** What may stand behind: tokenValue, password_b64, client-key-data. */
const DETAIL = new Set(['value', 'data', 'text', 'string', 'b64', 'base64', 'plain', 'raw', 'old', 'new', 'current']);
/** Folders of a shell. */
const FOLDERS = new Set(['PWD', 'OLDPWD']);

/** Whether what stands below this name is a secret. Only the end of the name says so: a secretName, a token-ttl, a token-controller is none. */
export function isSecretName(name: string): boolean {
  if (FOLDERS.has(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/_?\d+$/, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  while (words.length > 1 && DETAIL.has(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  const pair = words.slice(-2).join(' ');
  // 'auth' of a registry's credentials; 'client-key', whose data were taken off above, is also the name of a file's path.
  return (
    WORDS.has(last) ||
    PAIRS.has(pair) ||
    ENDINGS.test(last) ||
    name === 'auth' ||
    name === '_auth' ||
    /key[-_]?data$/i.test(name)
  );
}
