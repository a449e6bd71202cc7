import { parseClock } from '../../facts/subjects/system/clock-offset.js';
import type { ClusterApi } from '../../model/api.js';
import { asKinitError, KinitError } from '../../model/error.js';
import { sh, shellScript } from '../../shell/script.js';
import type { Tools } from '../../model/resource.js';
import { kubeconfig, KUBELET_CLIENT_CURRENT, NODE_BOOTSTRAP_GROUP } from '../../pki/index.js';
import { hostNameStamp, revisionStamp } from '../service/index.js';
import { nodeCause, type NodeCause } from '../../cluster/why/node-cause.js';
import { removeStaleNode } from '../../cluster/node/stale.js';
import { createToken, deleteToken, listTokens } from '../../cluster/tokens.js';
import { throwIfStopped } from '../../cluster/api/until.js';
import { waitForControllers } from '../../cluster/waits/api.js';

export const BOOTSTRAP_CONF = '/etc/kubernetes/bootstrap-kubelet.conf';
/** Seconds a join may take; a stock one takes one to three. */
const JOIN_TIMEOUT = 120;
/** Seconds a freshly started controller manager may take to begin its work. */
const CONTROLLERS_TIMEOUT = 120;
const prepareScript = shellScript('./prepare.sh', import.meta.url);
const startScript = shellScript('./start.sh', import.meta.url);
const waitScript = shellScript('./wait-for-certificate.sh', import.meta.url);
/** Seconds of one look: the shell is held that long at most, so that Ctrl-C is answered. */
const LOOK = 5;
/** Life of the token in seconds: longer than the join may take, also when the host's clock is off. */
const TOKEN_LIFE = 600;

export interface JoinTarget {
  readonly name: string;
  /** host:port of the API server */
  readonly endpoint: string;
  /** The kubelet trusts no other API server. */
  readonly caPem: string;
  /** Only this CA (PEM) signs: a kubelet with a certificate of another one gets a new one. Absent: none is being replaced. */
  readonly signer?: string | undefined;
  readonly clusterName: string;
  readonly kubeletConfPath: string;
  /**
   * Kubeconfig that was made for it, where nobody in the cluster signs: its certificate lies where that says. Absent: the kubelet makes
   * it, with a certificate that it gets by a token. No secret is in it.
   */
  readonly kubeconfig?: string;
  /** Digest of what the kubelet starts from, noted as its service resource does: joining must not mean starting twice. */
  readonly revision: string;
}

/**
 * Joins one host with a token of its own, which is gone afterwards however that ends.
 * @param how again: the host is this node, and its kubelet's certificate has ended; node and pods stay, the kubelet gets a new one
 */
export async function runJoin(resource: JoinTarget, tools: Tools, how: 'first' | 'again' = 'first'): Promise<void> {
  const api = await tools.api();
  if (how === 'first') await removeStaleNode(api, resource.name, tools);
  if (resource.kubeconfig !== undefined) return startWith(resource.kubeconfig, resource, tools);
  await forgetTokens(resource, api);
  const token = await createToken(api, {
    ttlSeconds: TOKEN_LIFE,
    description: purpose(resource),
    usages: ['authentication'],
    groups: [NODE_BOOTSTRAP_GROUP],
  });
  try {
    const content = kubeconfig({
      clusterName: resource.clusterName,
      server: `https://${resource.endpoint}`,
      caPem: resource.caPem,
      userName: 'tls-bootstrap-token-user',
      user: { token: `${token.id}.${token.secret}` },
    });
    await tools.host.upload([{ path: BOOTSTRAP_CONF, content: { bytes: Buffer.from(content, 'utf8') }, mode: 0o600 }]);
    const [clockOffsetMs] = await Promise.all([
      prepare(tools, how === 'again' ? [KUBELET_CLIENT_CURRENT] : []),
      waitForControllers(api, { timeoutSeconds: CONTROLLERS_TIMEOUT, signal: tools.signal, progress: tools.progress }),
    ]);
    await startAndWait(resource, tools, clockOffsetMs);
  } finally {
    await cleanUp(() => deleteToken(api, token.id), tools);
  }
}

/** It has all that it logs in with: no token, and no certificate to wait for. */
async function startWith(text: string, resource: JoinTarget, tools: Tools): Promise<void> {
  const content = { bytes: Buffer.from(text, 'utf8') };
  await tools.host.upload([{ path: resource.kubeletConfPath, content, mode: 0o600 }]);
  await startAndWait(resource, tools, await prepare(tools, []));
}

/** What a run that was stopped after the join left to do. */
export async function finishJoin(resource: JoinTarget, tools: Tools): Promise<void> {
  await cleanUp(async () => forgetTokens(resource, await tools.api()), tools);
}

/** Tokens a stopped run made for this very node. */
async function forgetTokens(resource: JoinTarget, api: ClusterApi): Promise<void> {
  for (const { id, description } of await listTokens(api))
    if (description === purpose(resource)) await deleteToken(api, id);
}

const purpose = ({ name }: JoinTarget): string => `kinit: joins node ${name}`;

/** @returns the host's clock minus this machine's, in milliseconds, to within the time of the call. Not a part of the resource: it differs at every look */
async function prepare(tools: Tools, anew: readonly string[]): Promise<number> {
  const { stdout } = await tools.host.run(sh(prepareScript, { args: anew }), { timeoutSeconds: 60 });
  return (parseClock(stdout) ?? Date.now()) - Date.now();
}

async function startAndWait(resource: JoinTarget, tools: Tools, clockOffsetMs: number): Promise<void> {
  const end = performance.now() + JOIN_TIMEOUT * 1000;
  const wait = [resource.kubeletConfPath, KUBELET_CLIENT_CURRENT, String(LOOK * 10)];
  const start = [revisionStamp('kubelet'), resource.revision, hostNameStamp('kubelet'), ...wait];
  const begun = new Date();
  let cause: NodeCause | undefined;
  let first = true;
  while (performance.now() < end) {
    throwIfStopped(tools.signal, `${resource.name} to join`);
    const result = await tools.host.run(first ? sh(startScript, { args: start }) : sh(waitScript, { args: wait }), {
      timeoutSeconds: LOOK + 60,
      change: `join ${resource.name}`,
    });
    if (result.code === 0) return;
    if (first && result.code === 3) break;
    tools.progress(`waiting for the kubelet of ${resource.name} to get its certificate`);
    first = false;
    throwIfStopped(tools.signal, `${resource.name} to join`);
    cause = await nodeCause(tools.host, { clockOffsetMs }, begun);
    if (cause?.hopeless === true) break;
  }
  throw didNotJoin(resource, tools, cause);
}

function didNotJoin(resource: JoinTarget, tools: Tools, cause: NodeCause | undefined): KinitError {
  return new KinitError(`${resource.name} did not join the cluster`, {
    class: 'timeout',
    host: tools.host.host,
    tried: `TLS bootstrap of its kubelet against https://${resource.endpoint}, for at most ${JOIN_TIMEOUT} s`,
    found: cause?.line ?? 'its kubelet got no certificate',
    hint: `Check that ${resource.name} reaches ${resource.endpoint} and that clocks agree. More: journalctl -u kubelet on ${resource.name}.`,
  });
}

/**
 * The file goes last and in any case: as long as it is there, a later run knows that there is something to clean up,
 * and no secret may stay behind because the API failed. The API client works on after Ctrl-C.
 */
async function cleanUp(forget: () => Promise<unknown>, tools: Tools): Promise<void> {
  await forget().catch((thrown: unknown) => {
    tools.progress(
      `could not delete a bootstrap token (${asKinitError(thrown).message}); it ends by itself within ${TOKEN_LIFE / 60} minutes`,
    );
  });
  await tools.host
    .run(`rm -f -- ${BOOTSTRAP_CONF}`, { timeoutSeconds: 20, change: 'remove the bootstrap kubeconfig' })
    .catch(() => undefined);
}
