import ssh2 from 'ssh2';

/** Type and key, with the length of each before it. */
const PUBLIC_BYTES = 4 + 'ssh-ed25519'.length + 4 + 32;

/** A key pair in OpenSSH's format. ssh2 1.17 leaves the first byte of one in 256 public keys out, where it is zero: that is no key. */
export function ed25519KeyPair(options: object = {}): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', options);
    if (Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length === PUBLIC_BYTES) return pair;
  }
}
