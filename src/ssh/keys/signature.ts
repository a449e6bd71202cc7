import { createPrivateKey, sign as cryptoSign } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { mpint, sshString } from './wire.js';

/** A whole signature by a private key, in SSH wire form: its type, then its bytes (RFC 4253, 5656, 8332, 8709). */
export function wholeSignature(key: ParsedKey, data: Buffer): Buffer {
  const privateKey = createPrivateKey(key.getPrivatePEM());
  switch (key.type) {
    case 'ssh-ed25519':
      return Buffer.concat([sshString(key.type), sshString(cryptoSign(null, data, privateKey))]);
    case 'ssh-rsa':
      return Buffer.concat([sshString('rsa-sha2-512'), sshString(cryptoSign('sha512', data, privateKey))]);
    case 'ecdsa-sha2-nistp256':
      return ecdsa('sha256');
    case 'ecdsa-sha2-nistp384':
      return ecdsa('sha384');
    case 'ecdsa-sha2-nistp521':
      return ecdsa('sha512');
    default:
      throw new Error(`keys of type ${key.type} cannot sign here`);
  }

  function ecdsa(hash: string): Buffer {
    const both = cryptoSign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const half = both.length / 2;
    const numbers = Buffer.concat([mpint(both.subarray(0, half)), mpint(both.subarray(half))]);
    return Buffer.concat([sshString(key.type), sshString(numbers)]);
  }
}
