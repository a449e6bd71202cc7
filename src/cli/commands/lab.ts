import { resolve } from 'node:path';
import { DRIVER_NAMES } from '../../lab/drivers/names.js';
import { IMAGE_NAMES } from '../../lab/images/names.js';
import { defined } from '../../model/defined.js';
import { KinitError } from '../../model/error.js';
import { quote } from '../../shell/quote.js';
import { commandWords, defineCommand, defineGroup } from '../arguments/command.js';
import { loadedInventory } from '../files/inventory.js';
import { confirm } from '../terminal/confirm.js';
import { parseMemory } from '../terminal/size.js';
import { table } from '../render/tables/table.js';
import { count } from '../render/text.js';
import { runInPlace } from '../terminal/run-in-place.js';

const nameOption = { type: 'string', default: 'demo', requiresArg: true, describe: 'Name of the lab' } as const;
const hostName = { type: 'string', demandOption: true, describe: 'Name of the host' } as const;

const up = defineCommand({
  usage: 'up',
  describe: 'Make throwaway hosts on this machine, and an inventory for them',
  examples: [
    ['lab up', 'three hosts'],
    ['lab up --name big --hosts 5 --memory 4G', 'five larger ones'],
    ['lab up --name rocky --image rocky-9 --hosts 1', 'one of another system'],
    ['lab up --name own --driver uml --hosts 1', 'one with a kernel of its own'],
  ],
  exitCodes: ['access', 'change', 'timeout', 'locked', 'artifact'],
  options: (yargs) =>
    yargs
      .option('name', nameOption)
      .option('hosts', {
        type: 'number',
        default: 3,
        requiresArg: true,
        describe: 'How many hosts; a running lab gets those it lacks',
      })
      .option('cpus', { type: 'number', default: 2, requiresArg: true, describe: 'CPUs of each' })
      .option('memory', {
        type: 'string',
        default: '2G',
        requiresArg: true,
        describe: 'Memory limit of each (2G, 2048M)',
      })
      .option('control-planes', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'How many of them are control-plane hosts in the inventory',
      })
      .option('disk', {
        type: 'string',
        requiresArg: true,
        describe: 'Size of the disk of each (10G); no limit of its own without',
      })
      .option('driver', {
        choices: DRIVER_NAMES,
        requiresArg: true,
        describe:
          'What makes new hosts: nspawn (they share the kernel), uml (each has one of its own) or qemu (whole machines)',
        defaultDescription: "that of the lab's first host, nspawn for a new lab",
      })
      .option('image', {
        choices: IMAGE_NAMES,
        requiresArg: true,
        describe:
          'System of the hosts; those of Ubuntu and of the Red Hat family are emulated, on Debian with their tools',
        defaultDescription: "the lab's own, debian-12 for a new lab",
      })
      .option('product-uuid', {
        type: 'string',
        requiresArg: true,
        describe: 'What the firmware of all new hosts says they are (qemu)',
        defaultDescription: 'each its own',
      })
      .option('directory', { type: 'string', requiresArg: true, describe: 'Folder for inventory, keys and disks' }),
  run: async (args, { ui, emit, signal }) => {
    const { labTitle, labUp } = await import('../../lab/index.js');
    const lab = await labUp({
      name: args.name,
      hosts: args.hosts,
      cpus: args.cpus,
      memoryMB: parseMemory('memory', args.memory),
      controlPlanes: args.controlPlanes,
      onProgress: (text) => emit({ type: 'progress', text }),
      signal,
      ...defined({ driver: args.driver, image: args.image, productUuid: args.productUuid }),
      ...(args.disk === undefined ? {} : { diskMB: parseMemory('disk', args.disk) }),
      ...(args.directory === undefined ? {} : { directory: args.directory }),
    });
    const named = args.name === 'demo' ? '' : ` --name ${quote(args.name)}`;
    const text = [
      `Lab ${lab.name} (${labTitle(lab)}): ${count(lab.hosts.length, 'host')} (${lab.hosts.map(({ name, address }) => `${name} ${address}`).join(', ')}).`,
      `Inventory: ${lab.inventoryFile}`,
      `Next: kinit init -i ${quote(lab.inventoryFile)}`,
      `Away with it: kinit lab down${named}`,
    ];
    await ui.result(lab, text.join('\n'));
    return 0;
  },
});

const list = defineCommand({
  usage: 'list',
  describe: 'List labs and their hosts',
  examples: [['lab list', 'what is there?']],
  exitCodes: [],
  options: (yargs) => yargs,
  run: async (_args, { ui }) => {
    const { labList, labTitle } = await import('../../lab/index.js');
    const labs = await labList();
    const rows = labs.flatMap((lab) =>
      lab.hosts.map((host) => [
        lab.name,
        host.name,
        host.address,
        host.state,
        host.driver,
        lab.image,
        host.roles.join(','),
        host.cpus,
        `${String(host.memoryMB)}M`,
      ]),
    );
    await ui.result(
      labs,
      labs.length === 0
        ? 'There is no lab. kinit lab up makes one.'
        : [
            table(['LAB', 'HOST', 'ADDRESS', 'STATE', 'DRIVER', 'IMAGE', 'ROLES', 'CPUS', 'MEMORY'], rows),
            ...labs.map((lab) => `${lab.name}: ${labTitle(lab)}; ${lab.inventoryFile}`),
          ].join('\n'),
    );
    return 0;
  },
});

const ssh = defineCommand({
  usage: 'ssh <host>',
  describe: 'Open a shell on a lab host; with -- COMMAND, run that instead, as lab exec does',
  examples: [
    ['lab ssh node1', 'a root shell there'],
    ['lab ssh node1 -- uptime', 'as lab exec node1 -- uptime'],
  ],
  printsValue: true,
  takesCommand: true,
  exitCodes: ['access'],
  options: (yargs) => yargs.positional('host', hostName).option('name', nameOption),
  run: async (args, { signal }) => {
    return runInPlace(await sshWords(args.name, args.host, commandWords(args)), signal);
  },
});

const exec = defineCommand({
  usage: 'exec <host>',
  describe: 'Run a command on a lab host: lab exec HOST -- COMMAND',
  examples: [
    ['lab exec node1 -- crictl ps', 'its output and exit code are handed on'],
    ["lab exec node1 -- sh -c 'echo $HOSTNAME | rev'", 'through a shell there'],
  ],
  printsValue: true,
  takesCommand: true,
  exitCodes: ['access'],
  options: (yargs) => yargs.positional('host', hostName).option('name', nameOption),
  run: async (args, { signal }) => {
    const command = commandWords(args);
    if (command.length === 0)
      throw new KinitError('kinit lab exec needs a command', {
        class: 'usage',
        hint: `kinit lab exec ${quote(args.host)} -- uptime`,
      });
    return runInPlace(await sshWords(args.name, args.host, command), signal);
  },
});

const cloudInit = defineCommand({
  usage: 'cloud-init',
  describe: "Write what cloud-init needs to make machines of the inventory's hosts: name, user and key, fixed address",
  examples: [
    ['lab cloud-init', 'a folder for each host in ./cloud-init; addresses by DHCP'],
    ['lab cloud-init --gateway 192.168.122.1/24', 'with the addresses of the inventory, behind this router'],
  ],
  exitCodes: ['access', 'inventory'],
  options: (yargs) =>
    yargs
      .option('out', { type: 'string', default: 'cloud-init', requiresArg: true, describe: 'Folder to write into' })
      .option('gateway', {
        type: 'string',
        requiresArg: true,
        describe: "The machines' router and the length of their network's prefix; without it they ask DHCP",
      }),
  run: async (args, context) => {
    const inventory = await loadedInventory(args, context);
    const { cloudInit: make } = await import('../../lab/index.js');
    const { readTarget, writeFileBeside } = await import('../files/secret.js');
    const machines = await make(inventory, args.gateway);
    const files = machines.flatMap((machine) =>
      Object.entries(machine.files).map(([name, text]) => ({ file: resolve(args.out, machine.host, name), text })),
    );
    const changed = [];
    for (const { file, text } of files) {
      const before = await readTarget(file);
      if (before !== undefined && before !== text) changed.push(file);
    }
    if (changed.length > 0) await confirm(`${changed.join(', ')}: there with another content. Replace?`, args, context);
    for (const { file, text } of files) await writeFileBeside(file, text, 0o644);
    const rows = machines.map(({ host, user, fixed }) => [
      host,
      user,
      fixed?.address ?? 'by DHCP',
      fixed?.hardwareAddress ?? 'any',
      resolve(args.out, host),
    ]);
    await context.ui.result(machines, table(['HOST', 'USER', 'ADDRESS', 'HARDWARE ADDRESS', 'FILES'], rows));
    return 0;
  },
});

const down = defineCommand({
  usage: 'down',
  describe: 'Take a lab away with all that is in it; nothing of it stays on this machine',
  examples: [
    ['lab down', 'the demo lab'],
    ['lab down --name big', 'another one; twice is fine'],
  ],
  exitCodes: ['change', 'timeout', 'locked'],
  options: (yargs) => yargs.option('name', nameOption),
  run: async (args, { emit, ui }) => {
    const { labDown } = await import('../../lab/index.js');
    const found = await labDown(args.name, (text) => emit({ type: 'progress', text }));
    await ui.result({ name: args.name, found }, '');
    return 0;
  },
});

/** Throwaway hosts on this machine. */
export const lab = defineGroup(
  'lab',
  'Throwaway hosts on this machine',
  [up, list, ssh, exec, down, cloudInit],
  [
    ['lab up', 'three hosts and an inventory for them'],
    ['lab down', 'and away again'],
  ],
);

async function sshWords(name: string, host: string, command: readonly string[] = []): Promise<readonly string[]> {
  const { findLab, sshCommand } = await import('../../lab/index.js');
  return sshCommand(await findLab(name), host, command);
}
