import type { DoctorReport } from '../../../src/doctor/index.js';
import { eventually, kinit, type LabHandle } from './kinit.js';
import type { Provocation } from './provocations.js';
import { expect } from 'vitest';

/** `kinit doctor` on a lab, for a program. */
export async function examine(
  cluster: LabHandle,
  ...more: string[]
): Promise<{ readonly code: number; readonly report: DoctorReport }> {
  const { code, stdout, stderr } = await kinit(['doctor', '-i', cluster.inventory, '--output', 'json', ...more], {
    timeoutSeconds: 180,
  });
  const line = stdout
    .split('\n')
    .map((each) => (each === '' ? undefined : (JSON.parse(each) as { type?: string; result?: DoctorReport })))
    .find((each) => each?.type === 'result');
  if (line?.result === undefined)
    throw new Error(`kinit doctor gave no report, exit code ${code}\n${stdout}\n${stderr}`);
  return { code, report: line.result };
}

/** A doctor looks at all of three hosts: asked without a pause it is most of what they do. */
export const BETWEEN_LOOKS = { pauseMs: 4000 };

/** Errors and what the causes say, for the message of a failed test. */
export const told = ({ checks, findings }: DoctorReport): string[] => [
  ...checks.flatMap(({ host = '-', check }) =>
    check.status === 'error' ? [`${host} ${check.name}: ${check.found}`] : [],
  ),
  ...findings
    .filter(({ severity }) => severity !== 'note')
    .map(({ cause, host = '-', found }) => `${host} ${cause}: ${found}`),
];

/** Brings trouble about, waits until the doctor names it as it should, and takes it away as it advises. */
export async function findsCause(cluster: LabHandle, provocation: Provocation): Promise<void> {
  const { cause, host, found, advice, first, everywhere = false, provoke, mend } = provocation;
  try {
    await provoke(cluster);
    await eventually(
      `the cause ${cause}`,
      90,
      async () => {
        const { report } = await examine(cluster, ...(everywhere ? [] : [host]));
        const finding = report.findings.find(
          (each) => each.cause === cause && each.host === host && found.test(each.found),
        );
        if (finding === undefined || (first && report.findings[0]?.cause !== cause))
          throw new Error(told(report).join('\n') || 'nothing was found');
        expect(finding.next).toMatch(advice);
        return finding;
      },
      BETWEEN_LOOKS,
    );
  } finally {
    await mend(cluster);
  }
}
