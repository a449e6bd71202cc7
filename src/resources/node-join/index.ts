import { parseClock } from '../../facts/subjects/system/clock-offset.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { type Resource, type ResourceKind, undoOf } from '../../model/resource.js';
import { sh, shellScript } from '../../shell/script.js';
import { hostCertificates, isSignedBy, KUBELET_CLIENT_CURRENT } from '../../pki/index.js';
import { recordService } from '../service/index.js';
import { BOOTSTRAP_CONF, finishJoin, type JoinTarget, runJoin } from './bootstrap.js';

/** A worker that has joined by TLS bootstrap: its kubelet has a kubeconfig and a client certificate of its own. */
export interface NodeJoinResource extends Resource, JoinTarget {
  readonly kind: 'nodeJoin';
}

export interface NodeJoinSeen {
  readonly joined: boolean;
  /** It has joined, and what it joined with is still there: kinit was stopped before it could clean up. */
  readonly unfinished: boolean;
  /** CA certificates (PEM) its kubeconfig trusts; '' when unknown. */
  readonly trusts: string;
  /** Day on which its kubelet's client certificate ended: it was off for too long to renew it, and no API server knows it any more. */
  readonly ended?: string;
  /** Its kubelet's client certificate (PEM). */
  readonly certificate?: string;
}

export function nodeJoin(options: JoinTarget): NodeJoinResource {
  return { kind: 'nodeJoin', id: `nodeJoin:${options.name}`, ...options };
}

const OBSERVE = shellScript('./observe.sh', import.meta.url);

export const nodeJoinKind: ResourceKind<NodeJoinResource, NodeJoinSeen> = {
  kind: 'nodeJoin',
  describe: {
    change: 'Joins the cluster: the kubelet gets a certificate and `/etc/kubernetes/kubelet.conf`',
    undone: 'The kubelet is stopped, its files are deleted',
  },
  observe: ({ kubeletConfPath }) => sh(OBSERVE, { args: [kubeletConfPath, KUBELET_CLIENT_CURRENT, BOOTSTRAP_CONF] }),
  parse: (_resource, output) => {
    const [state = '', ca = '', certificate = '', ...clock] = output.trim().split('\n');
    return {
      joined: ['joined', 'unfinished'].includes(state.trim()),
      unfinished: state.trim() === 'unfinished',
      trusts: fromBase64(ca),
      ...defined({ ended: endOf(fromBase64(certificate), parseClock(clock.join('\n'))) }),
      ...(certificate.trim() === '' ? {} : { certificate: fromBase64(certificate) }),
    };
  },
  diff: (resource, seen) => {
    const summary = `join ${resource.name} to the cluster at ${resource.endpoint}`;
    if (!seen.joined)
      return {
        changed: true,
        change: { action: 'run', summary, reason: 'its kubelet has no certificate of this cluster' },
      };
    if (ofAnotherCluster(resource, seen))
      return {
        changed: true,
        change: { action: 'run', summary, reason: `${resource.kubeletConfPath} belongs to another cluster` },
      };
    if (seen.ended !== undefined)
      return {
        changed: true,
        change: { action: 'run', summary, reason: `its kubelet's certificate ended on ${seen.ended}` },
      };
    if (isOfFormer(resource, seen))
      return {
        changed: true,
        change: { action: 'run', summary, reason: "its kubelet's certificate is of the CA that is being replaced" },
      };
    if (seen.unfinished)
      return {
        changed: true,
        change: {
          action: 'delete',
          summary: `remove what ${resource.name} joined with`,
          reason: 'a run was stopped before it could',
        },
      };
    return { changed: false, reason: `${resource.name} has joined` };
  },
  apply: (resource, seen) => [
    {
      do: 'call',
      title: `join ${resource.name}`,
      run: async (tools) => {
        if (ofAnotherCluster(resource, seen)) {
          throw new KinitError(`${resource.name} is a node of another cluster`, {
            class: 'preflight',
            host: tools.host.host,
            tried: `reading ${resource.kubeletConfPath}`,
            found: 'it trusts a certificate authority that is not the one of this cluster',
            hint: `Set \`leftovers: set-aside\` for ${resource.name}: kinit moves it away until reset. Or take it out of the inventory.`,
          });
        }
        if (seen.ended !== undefined || isOfFormer(resource, seen)) await runJoin(resource, tools, 'again');
        else if (seen.unfinished) await finishJoin(resource, tools);
        else await runJoin(resource, tools);
      },
    },
  ],
  // It starts the kubelet; what it writes lies in folders that reset empties.
  undo: undoOf({
    version: 1,
    record: () => recordService('kubelet'),
    // Recorded as the service's own.
    restore: () => ':',
  }),
};

/** Both may hold several authorities while one is being replaced: one that stands in both is enough. */
function ofAnotherCluster({ caPem }: NodeJoinResource, { joined, trusts }: NodeJoinSeen): boolean {
  const there = certificatesIn(trusts);
  return joined && trusts !== '' && caPem !== '' && !certificatesIn(caPem).some((each) => there.includes(each));
}

function certificatesIn(pem: string): readonly string[] {
  return bare(pem).match(/-----BEGINCERTIFICATE-----[^-]+-----ENDCERTIFICATE-----/g) ?? [bare(pem)];
}

function isOfFormer({ signer }: NodeJoinResource, { certificate }: NodeJoinSeen): boolean {
  return signer !== undefined && certificate !== undefined && !isSignedBy(certificate, signer);
}

/** @param clock milliseconds since 1970, of the host; unknown: nothing is said */
function endOf(pem: string, clock: number | undefined): string | undefined {
  const end = hostCertificates({ [KUBELET_CLIENT_CURRENT]: pem }, new Date(clock ?? 0))[0]?.notAfter;
  return clock === undefined || end === undefined || end.getTime() > clock ? undefined : end.toISOString().slice(0, 10);
}

const fromBase64 = (text: string): string => Buffer.from(text.trim(), 'base64').toString('utf8');
const bare = (pem: string): string => pem.replaceAll(/\s+/g, '');
