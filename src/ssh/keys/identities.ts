import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KinitError } from '../../model/error.js';
import { expandHome } from '../../model/text/home.js';
import { quote } from '../../shell/quote.js';
import type { Hop } from '../connect/route.js';
import { shortType } from '../trust/host-key.js';
import { parseCertificateLine, unusable } from './certificates.js';
import { describeKey, readKeyFile } from './key-file.js';
import type { KeyFile } from './key-file.js';
import type { KeyRing } from './key-ring.js';
import { agentIdentity, askAgent, certificateIdentity, fileIdentity, holds } from './offered.js';
import type { Agent, Identity } from './offered.js';

/** What ssh tries without configuration. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'];

export interface Identities {
  readonly offered: readonly Identity[];
  /** One text each, for the error when all are refused. */
  readonly tried: readonly string[];
  /** What could not be used, and why. */
  readonly notes: readonly string[];
  /** Files with a key that nothing opens. */
  readonly locked: readonly string[];
}

/** An identity, and how it is called when it is refused. */
interface Offer {
  readonly identity: Identity;
  readonly text: string;
}

/**
 * The keys to offer, in order: those of named files (from the agent where it holds them), and unless only these are
 * wanted, the agent's others and the default files. A certificate goes before its key, as with ssh. A server counts every
 * key as an attempt, so less is more.
 */
export async function findIdentities(hop: Hop, ring: KeyRing): Promise<Identities> {
  const named = hop.identityFiles.map(expandHome);
  const usual = named.length > 0 || hop.identitiesOnly ? [] : DEFAULT_KEYS.map((name) => join(homedir(), '.ssh', name));
  const files = await readFiles([...named, ...usual], hop);
  const notes: string[] = [];
  const locked: string[] = [];
  const needless = hop.identitiesOnly && files.every((file) => file.holds === 'private');
  const agent = hop.agent === undefined || needless ? undefined : await askAgent(hop.agent, notes);

  const certified = await certificateOffers(hop, files, agent, ring, notes);
  const ofFiles: Offer[] = [];
  for (const file of files) {
    const offer = await fileOffer(file, hop, agent, ring, { notes, locked });
    if (offer !== undefined) ofFiles.push(offer);
  }
  const ofAgent =
    agent === undefined || hop.identitiesOnly ? [] : agentOthers(agent, [...certified, ...ofFiles], notes);
  const agentTexts = ofAgent.length === 0 ? [] : [`SSH agent (${keyCount(ofAgent)})`];
  const mine = [...certified, ...ofFiles];
  const agentFirst = named.length === 0;
  const identities = mine.map(({ identity }) => identity);
  const texts = mine.map(({ text }) => text);
  return {
    offered: agentFirst ? [...ofAgent, ...identities] : [...identities, ...ofAgent],
    tried: agentFirst ? [...agentTexts, ...texts] : [...texts, ...agentTexts],
    notes,
    locked,
  };
}

/** Certificates of the files: those the configuration names, and KEY-cert.pub beside each key (ssh(1), -i). */
async function certificateOffers(
  { certificateFiles, passphrase }: Hop,
  files: readonly KeyFile[],
  agent: Agent | undefined,
  ring: KeyRing,
  notes: string[],
): Promise<Offer[]> {
  const beside = files.map(({ file }) => `${file.replace(/\.pub$/, '')}-cert.pub`);
  const offers: Offer[] = [];
  for (const path of new Set([...certificateFiles.map(expandHome), ...beside])) {
    const certificate = parseCertificateLine(await readFile(path, 'utf8').catch(() => ''));
    if (certificate === undefined) continue;
    const why = unusable(certificate, new Date());
    const file = files.find(({ publicKey }) => publicKey?.getPublicSSH().equals(certificate.key) === true);
    const identity = why === undefined ? certificateIdentity(certificate, agent, file, ring, passphrase) : undefined;
    if (identity !== undefined)
      offers.push({ identity, text: `${path} (${shortType(certificate.type)} "${certificate.id}")` });
    else
      notes.push(`the certificate ${path} ${why ?? 'has its key neither in the SSH agent nor in a file that opens'}`);
  }
  return offers;
}

async function fileOffer(
  file: KeyFile,
  { passphrase }: Hop,
  agent: Agent | undefined,
  ring: KeyRing,
  { notes, locked }: { readonly notes: string[]; readonly locked: string[] },
): Promise<Offer | undefined> {
  const blob = file.publicKey?.getPublicSSH();
  if (blob !== undefined && holds(agent, blob)) {
    const identity = agentIdentity(agent, blob, notes);
    return identity && { identity, text: describeKey(`${file.file} in the SSH agent`, identity.publicKey) };
  }
  if (file.holds === 'private' || (file.holds === 'encrypted' && ring.canOpen(passphrase))) {
    // Only a PEM file without .pub must be opened to know which key it is.
    const publicKey = file.publicKey ?? (await ring.open(file, passphrase));
    return { identity: fileIdentity(file, publicKey, ring, passphrase), text: describeKey(file.file, publicKey) };
  }
  if (file.holds === 'encrypted') locked.push(file.file);
  notes.push(`${file.file} ${UNUSABLE[file.holds]}`);
  return undefined;
}

const UNUSABLE: Readonly<Record<KeyFile['holds'], string>> = {
  private: '',
  encrypted: 'is encrypted',
  public: 'is a public key, and no SSH agent holds its private one',
  hardware: 'names a key on hardware, and no SSH agent holds it (ssh-add gives it to one)',
  nothing: 'holds no key',
};

/** What the agent holds besides the files' keys, certificates first. */
function agentOthers(agent: Agent, offers: readonly Offer[], notes: string[]): Identity[] {
  const taken = offers.map(({ identity }) => identity.publicKey.getPublicSSH());
  const others = agent.keys
    .filter((key) => !taken.some((one) => one.equals(key)))
    .flatMap((key) => agentIdentity(agent, key, notes) ?? []);
  const isCertificate = ({ publicKey }: Identity): boolean => publicKey.type.includes('-cert-');
  return [...others.filter(isCertificate), ...others.filter((identity) => !isCertificate(identity))];
}

function keyCount(identities: readonly Identity[]): string {
  return `${String(identities.length)} ${identities.length === 1 ? 'key' : 'keys'}`;
}

/** There is no key at all to offer, and no way to a password. */
export function noIdentity(hop: Hop, { notes, locked }: Identities): KinitError {
  const [file] = locked;
  if (file !== undefined) {
    return new KinitError(`the SSH key for ${hop.name} is encrypted, and no SSH agent holds it`, {
      class: 'access',
      tried: file,
      found: notes.join('; '),
      hint: `Give it to an agent first: eval "$(ssh-agent)"; ssh-add ${quote(file)}. Or run kinit on a terminal, which asks for the passphrase, or name it in the inventory (ssh.passphraseEnv, ssh.passphraseFile).`,
    });
  }
  const half = hop.identityFiles.find((named) => named.endsWith('.pub'));
  return new KinitError(`there is no SSH key to log in to ${hop.name} with`, {
    class: 'access',
    tried:
      hop.identityFiles.length > 0
        ? hop.identityFiles.join(', ')
        : `SSH agent, ${DEFAULT_KEYS.map((name) => `~/.ssh/${name}`).join(', ')}`,
    found: [hop.agent === undefined ? 'no SSH agent (SSH_AUTH_SOCK is not set)' : '', ...notes, 'none of the files']
      .filter((text) => text !== '')
      .join('; '),
    hint:
      half === undefined
        ? 'Make one with ssh-keygen -t ed25519 and put it on the host with ssh-copy-id, or name another in ssh.identityFile.'
        : `Name the private key in ssh.identityFile: ${half.replace(/\.pub$/, '')}. The public one, ${half}, is enough only where an SSH agent holds the private one: ssh-add ${quote(half.replace(/\.pub$/, ''))}`,
  });
}

async function readFiles(files: readonly string[], { name, identityRequired }: Hop): Promise<KeyFile[]> {
  const found: KeyFile[] = [];
  for (const file of files) {
    try {
      const key = await readKeyFile(file);
      if (identityRequired && key.holds === 'nothing')
        throw new KinitError(`${file} is not an SSH key`, {
          class: 'access',
          tried: `read ${file}`,
          hint: 'ssh.identityFile names the private key.',
        });
      found.push(key);
    } catch (cause) {
      if (cause instanceof KinitError) throw cause;
      if (identityRequired)
        throw new KinitError(`the SSH key for ${name} cannot be read`, {
          class: 'access',
          tried: `read ${file}`,
          found: cause instanceof Error ? cause.message : String(cause),
          hint: 'Correct ssh.identityFile in the inventory, or make a key: ssh-keygen -t ed25519',
          cause,
        });
      // Files that only a configuration names, or that are usual, need not be there: as with ssh.
    }
  }
  return found;
}
