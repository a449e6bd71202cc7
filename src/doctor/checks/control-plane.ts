import type { ControlPlaneForm } from '../../control-plane/index.js';
import type { Datastore } from '../../datastore/index.js';
import type { CheckResult } from '../../model/check.js';
import type { ClusterEvidence, Evidence } from '../evidence.js';
import { controlPlaneOfCluster } from '../read/form.js';

/** Of the API server, about the service that encrypts what is in its datastore. */
const ENCRYPTION = 'kms';
const API = { name: 'api', title: 'API server', minimum: 'ready' };

/** The API server where it does not answer. */
export function silentApi(evidence: Evidence): CheckResult {
  const { unit } = controlPlaneOfCluster(evidence).form;
  const look =
    unit === undefined ? 'crictl ps -a on it shows its containers' : `systemctl status ${unit} on it shows its service`;
  return {
    ...API,
    status: 'error',
    found: evidence.apiTrouble ?? 'no answer',
    hint: evidence.apiWay ?? `Look at the findings for the control-plane host; ${look}.`,
  };
}

export function api({ readyz }: ClusterEvidence, evidence: Evidence): CheckResult {
  const failed = [...readyz.matchAll(/^\[-\](\S+)/gm)].map((match) => match[1]);
  const ok = failed.length === 0 && /readyz check passed/.test(readyz);
  if (ok) return { ...API, status: 'ok', found: 'ready' };
  const { form, store } = controlPlaneOfCluster(evidence);
  return {
    ...API,
    status: 'error',
    found: failed.length > 0 ? `not ready: ${failed.join(', ')}` : readyz.slice(0, 200),
    hint: `${logsOf(form, [form.components.apiServer, ...(isHere(store) ? [store.title] : [])])} on the control-plane host.`,
  };
}

export function datastore({ readyz }: ClusterEvidence, evidence: Evidence): CheckResult {
  const { form, store } = controlPlaneOfCluster(evidence);
  const { checks, certificates } = store.health;
  const lines = readyz
    .split('\n')
    .filter((line) => [...checks, ENCRYPTION].some((check) => line.slice(3).startsWith(check)));
  const bad = lines.filter((line) => line.startsWith('[-]'));
  const base = { name: 'datastore', title: `Datastore (${store.title})`, minimum: 'answers the API server' };
  if (lines.length === 0) return { ...base, status: 'ok', found: 'the API server names no datastore of its own' };
  if (bad.length === 0) return { ...base, status: 'ok', found: 'answers' };
  const look = isHere(store)
    ? `Its log on the control-plane host: ${logsOf(form, [store.title])}; its disk (${store.dataFolder ?? ''})`
    : `Its own log, where it runs, and the way there; on the control-plane host: ${logsOf(form, [form.components.apiServer])}`;
  return {
    ...base,
    status: 'error',
    found: bad.join(', '),
    hint: `${look}; the certificates below ${certificates}.`,
  };
}

/** Whether it is on the control-plane hosts. */
function isHere({ outside }: Datastore): boolean {
  return outside === undefined;
}

/** How what parts of the control plane say is read: all of them are in the service, where it is one. */
function logsOf({ unit }: ControlPlaneForm, containers: readonly string[]): string {
  return unit === undefined ? `crictl logs of ${containers.join(' and ')}` : `journalctl -u ${unit} -e`;
}
