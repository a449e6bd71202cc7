import { defined } from '../../model/defined.js';
import type { SecretSource } from '../../model/secret.js';
import type { HostSpec, Spec } from '../../model/spec.js';

/** What an inventory says about proving who we are to one sshd. */
export interface Proof {
  readonly user?: string;
  readonly port?: number;
  /** Private key; may begin with '~/'. Nothing else is tried. */
  readonly identityFile?: string;
  readonly passphrase?: SecretSource;
  readonly password?: SecretSource;
}

/** What an inventory says about reaching one host and becoming root there. */
export interface Access extends Proof {
  /** IP address, DNS name, or Host of the configuration. */
  readonly address: string;
  readonly sudoPassword?: SecretSource;
  /** Absent: ProxyJump of the configuration, if any. */
  readonly bastions?: readonly (Proof & { readonly address: string })[];
  /** OpenSSH client configuration; absent: none is read. */
  readonly configFile?: string;
  /** May begin with '~/'. /etc/ssh/ssh_known_hosts is read besides. */
  readonly knownHostsFile: string;
  readonly connectTimeoutSeconds: number;
}

/** The shared settings of an inventory with those of one host before them. */
export function hostAccess({ ssh, sudo }: Spec, host: HostSpec): Access {
  const sudoPassword = source(host.sudo, 'password') ?? source(sudo, 'password');
  const bastions = host.ssh?.bastions ?? ssh.bastions;
  return {
    address: host.address,
    ...proofOf(ssh),
    ...proofOf(host.ssh ?? {}),
    ...defined({ sudoPassword }),
    // A bastion takes the shared key where it names none: that is what most have.
    ...(bastions === undefined
      ? {}
      : {
          bastions: bastions.map((each) => ({
            ...(ssh.identityFile === undefined ? {} : { identityFile: ssh.identityFile, ...passphraseOf(ssh) }),
            ...proofOf(each),
            address: each.address,
          })),
        }),
    ...(ssh.configFile === 'none' ? {} : { configFile: ssh.configFile }),
    knownHostsFile: ssh.knownHostsFile,
    connectTimeoutSeconds: ssh.connectTimeoutSeconds,
  };
}

type ProofSpec = Pick<
  Spec['ssh'],
  'user' | 'port' | 'identityFile' | 'passphraseEnv' | 'passphraseFile' | 'passwordEnv' | 'passwordFile'
>;

function proofOf(spec: ProofSpec): Proof {
  const { user, port, identityFile } = spec;
  const password = source(spec, 'password');
  return {
    ...defined({ user, port, identityFile }),
    ...passphraseOf(spec),
    ...defined({ password }),
  };
}

function passphraseOf(spec: ProofSpec): Pick<Proof, 'passphrase'> {
  const passphrase = source(spec, 'passphrase');
  return defined({ passphrase });
}

function source(
  spec:
    | Partial<Record<'passwordEnv' | 'passwordFile' | 'passphraseEnv' | 'passphraseFile', string | undefined>>
    | undefined,
  secret: 'password' | 'passphrase',
): SecretSource | undefined {
  const env = spec?.[`${secret}Env`];
  const file = spec?.[`${secret}File`];
  if (env !== undefined) return { env };
  return file === undefined ? undefined : { file };
}
