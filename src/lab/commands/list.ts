import { hierarchies } from '../host/cgroup.js';
import { KinitError } from '../../model/error.js';
import { checkLabName } from '../options.js';
import { isRunning } from '../run.js';
import { readState, stateNames, toLab } from '../state/state.js';
import type { Lab, LabInfo } from '../types.js';

/** All labs of this user, with what runs. */
export async function labList(): Promise<LabInfo[]> {
  const states = await Promise.all((await stateNames()).map(readState));
  const all = process.platform === 'linux' ? await hierarchies() : [];
  return Promise.all(
    states
      .filter((state) => state !== undefined)
      .map(async (state) => {
        const lab = toLab(state);
        const hosts = await Promise.all(
          lab.hosts.map(async (host) => ({
            ...host,
            state: (await isRunning(all, lab, host)) ? ('running' as const) : ('stopped' as const),
          })),
        );
        return { ...lab, hosts };
      }),
  );
}

/** The lab with this name; an error says which there are. */
export async function findLab(name: string): Promise<Lab> {
  const state = await readState(checkLabName(name));
  if (state !== undefined) return toLab(state);
  const names = await stateNames();
  throw new KinitError(`There is no lab ${name}`, {
    class: 'usage',
    found: names.length === 0 ? 'no lab at all' : `labs: ${names.join(', ')}`,
    hint: `Make it: kinit lab up --name ${name}`,
  });
}
