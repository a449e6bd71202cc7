import { patiently, waitUntil } from '../../cluster/api/until.js';
import type { KubeObject } from '../../model/api.js';
import type { Phase, PhaseContext } from '../../model/phase.js';
import { CLUSTER_CA, isReplaced, pkiPair, trustAnnotations } from '../../pki/index.js';

/** What the controller manager puts into every namespace, and every pod gets with its token. */
const ROOT_CA = 'kube-root-ca.crt';
/** Seconds for all namespaces: a controller manager that takes over waits for the lease of the one before, 15 s. */
const PUBLISH_SECONDS = 180;

/** Pods get the CAs that they trust from a ConfigMap. Before pods are started anew to read it, it has to have them. */
export const trust: Phase = {
  id: 'trust',
  title: 'CAs that pods trust',
  appliesTo: (context) => context.node === context.leader && changesTrust(context),
  after: ['controllers'],
  resources: () => [],
  ready: async (context, tools) => {
    const wanted = rootsOf(context);
    const api = await tools.api();
    await waitUntil({
      what: `every namespace's ${ROOT_CA} to be that of the cluster`,
      timeoutSeconds: PUBLISH_SECONDS,
      progress: tools.progress,
      signal: tools.signal,
      tried: `get configmap ${ROOT_CA} of every namespace`,
      look: () =>
        patiently(async () => {
          const namespaces = await api.list('v1', 'Namespace');
          const maps = await Promise.all(
            namespaces.map(({ metadata: { name: namespace } }) =>
              api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: ROOT_CA }),
            ),
          );
          const late = maps.flatMap((each) =>
            each === undefined || dataOf(each).trim() === wanted.trim() ? [] : [each],
          );
          if (late.length === 0) return { done: true, value: undefined };
          return {
            done: false,
            missing: late
              .map(({ metadata: { namespace = '' } }) => namespace)
              .sort()
              .join(', '),
          };
        }),
      hint: 'The controller manager writes it: crictl logs of kube-controller-manager on the control-plane hosts.',
    });
  },
};

/** While the cluster's CA is replaced, and in the run that ends that. */
function changesTrust({ leader, material }: PhaseContext): boolean {
  const mine = material[leader.spec.name];
  const { crt } = pkiPair(CLUSTER_CA);
  const before = leader.facts.kubernetes.pki[crt];
  return isReplaced(mine, CLUSTER_CA) || (before !== undefined && before !== mine?.[crt]?.content);
}

const rootsOf = ({ leader, material }: PhaseContext): string =>
  material[leader.spec.name]?.[pkiPair(CLUSTER_CA).crt]?.content ?? '';

const dataOf = ({ data }: KubeObject): string =>
  typeof data === 'object' && data !== null ? ((data as Record<string, string>)['ca.crt'] ?? '') : '';

/** An object whose pods ask the API: other pods while the cluster's CA is replaced, for most programs read what they trust once. */
export function withTrust(wanted: KubeObject, context: PhaseContext): KubeObject {
  const annotations = trustAnnotations({ ...context, node: context.leader }, [CLUSTER_CA]);
  const { spec } = wanted as { spec?: { template?: { metadata?: { annotations?: Record<string, string> } } } };
  if (annotations.length === 0 || spec?.template === undefined) return wanted;
  const { metadata } = spec.template;
  const more = Object.fromEntries(annotations.map(({ name, value }) => [name, value]));
  const template = { ...spec.template, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...more } } };
  return { ...wanted, spec: { ...spec, template } };
}
