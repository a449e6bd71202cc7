// The rooms of the project, lowest first. A room imports from lower rooms and its own level, never upwards.
const LEVELS = [
  ['shell'],
  ['model'],
  ['ssh', 'facts', 'templates', 'pki'],
  ['artifacts', 'cluster'],
  ['resources'],
  ['os', 'runtime', 'network', 'control-plane', 'datastore', 'add-ons'],
  ['inventory', 'leftovers', 'preflight', 'phases'],
  ['doctor'],
  ['engine', 'lab'],
  ['cli'],
];

// One home for each library: a change of vendor touches one folder.
const HOMES = {
  ssh2: ['ssh'],
  execa: ['ssh'],
  'node-forge': ['pki'],
  handlebars: ['templates'],
  listr2: ['cli'],
  yargs: ['cli'],
  undici: ['artifacts'],
  diff: ['model'],
  'ipaddr.js': ['model'],
  'p-limit': ['model'],
  'tar-stream': ['artifacts'],
};

const upwards = LEVELS.slice(0, -1).map((rooms, level) => ({
  name: `no-upward-import-from-${rooms.join('-')}`,
  comment: 'Imports go one way: see "The rooms" in docs/architecture.md.',
  severity: 'error',
  from: { path: `^src/(${rooms.join('|')})/` },
  to: {
    path: `^src/(${LEVELS.slice(level + 1)
      .flat()
      .join('|')})/`,
  },
}));

const homes = Object.entries(HOMES).map(([library, rooms]) => ({
  name: `${library}-only-in-${rooms.join('-')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${rooms.join('|')})/` },
  to: { path: `(^|/)node_modules/(@types/)?${library}(/|$)` },
}));

module.exports = {
  forbidden: [
    ...upwards,
    ...homes,
    {
      name: 'every-folder-is-a-known-room',
      comment: 'A new room needs its level in this file first.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${LEVELS.flat().join('|')})/` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    { name: 'no-test-code-in-src', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|scripts|bench)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
