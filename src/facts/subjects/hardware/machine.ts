import type { HostFacts } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import { parseFields } from '../../../shell/output.js';
import type { Subject } from '../../subject.js';

type Machine = Pick<
  HostFacts,
  | 'arch'
  | 'kernel'
  | 'hostname'
  | 'productUuid'
  | 'machineId'
  | 'bootId'
  | 'kernelMove'
  | 'initSystem'
  | 'cgroupVersion'
  | 'lacksSysResource'
>;

const ARCHITECTURES: Readonly<Record<string, HostFacts['arch']>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** Names and identities of the machine and its kernel. */
export const machine: Subject<Machine> = {
  id: 'machine',
  script: shellScript('./machine.sh', import.meta.url),
  parse: (output) => {
    const found = parseFields(output);
    const text = (key: string): string => found.get(key) ?? '';
    const [release, before] = text('kernel_move').split(' ');
    return {
      arch: ARCHITECTURES[text('arch')] ?? 'unsupported',
      kernel: text('kernel'),
      hostname: text('hostname'),
      productUuid: text('uuid').toLowerCase(),
      machineId: text('machine_id'),
      bootId: text('boot_id'),
      ...(release === undefined || before === undefined ? {} : { kernelMove: { release, bootId: before } }),
      initSystem: text('init'),
      cgroupVersion: text('cgroup') === '2' ? 2 : 1,
      ...(text('sys_resource') === 'no' ? { lacksSysResource: true as const } : {}),
    };
  },
};
