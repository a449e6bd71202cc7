import { controlPlaneOn, controlPlanePorts, FORMS, type ControlPlaneForm } from '../../control-plane/index.js';
import { DATASTORES, type Datastore } from '../../datastore/index.js';
import { isMember } from '../../model/facts.js';
import type { Evidence, HostEvidence } from '../evidence.js';
import { unit, type Unit } from './units.js';

/** The units of forms that have one. */
export const FORM_UNITS: readonly string[] = FORMS.flatMap(({ unit: name }) => name ?? []);

/** How the control plane of a host runs, as the host shows it; else the usual way: a cluster may be one that kinit did not make. */
export function formOn(host: HostEvidence): ControlPlaneForm {
  return FORMS.find((form) => form.unit !== undefined && unit(host, form.unit) !== undefined) ?? FORMS[0];
}

/** The service that is the whole control plane of a host; undefined where it has none. */
export function serverOn(host: HostEvidence): Unit | undefined {
  const { unit: name } = formOn(host);
  return name === undefined ? undefined : unit(host, name);
}

/** The datastore that the API server of a host is started with; where that cannot be read, what its form usually has. */
export function datastoreOn(host: HostEvidence): Datastore {
  const named = controlPlaneOn(host.facts.kubernetes.manifests ?? {})?.options['datastore'];
  return DATASTORES.find(({ id }) => id === named) ?? usualOf(formOn(host));
}

/** The ports of its control plane; none of a host that has none. */
export function controlPlanePortsOn(host: HostEvidence, apiPort: number): ReturnType<typeof controlPlanePorts> {
  return host.isControlPlane ? controlPlanePorts(apiPort, formOn(host), datastoreOn(host)) : [];
}

/** Form and datastore of a cluster: its control-plane hosts have the same. */
export function controlPlaneOfCluster({ hosts }: Evidence): {
  readonly form: ControlPlaneForm;
  readonly store: Datastore;
} {
  const first = hosts.find(({ isControlPlane, facts }) => isControlPlane && isMember(facts));
  return first === undefined
    ? { form: FORMS[0], store: usualOf(FORMS[0]) }
    : { form: formOn(first), store: datastoreOn(first) };
}

function usualOf({ datastoreAs }: ControlPlaneForm): Datastore {
  return DATASTORES.find(({ usual }) => usual === datastoreAs) ?? DATASTORES[0];
}
