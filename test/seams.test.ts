import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { addOns } from '../src/add-ons/index.js';
import { networks } from '../src/network/index.js';
import { FORMS, KEEPERS } from '../src/control-plane/index.js';
import { DATASTORES } from '../src/datastore/index.js';
import { FAMILIES } from '../src/os/index.js';
import { RUNTIMES } from '../src/runtime/index.js';
import { withoutComments } from '../src/shell/comments.js';

/** A seam's room, and the words that give its kinds away: in code and strings they stand in no other room. */
interface Seam {
  readonly room: string;
  readonly kinds: readonly { readonly id: string; readonly words: readonly string[] }[];
}

const SEAMS: readonly Seam[] = [
  { room: 'os', kinds: FAMILIES },
  { room: 'runtime', kinds: RUNTIMES },
  { room: 'control-plane', kinds: FORMS },
  { room: 'control-plane/virtual-address', kinds: KEEPERS },
  { room: 'datastore', kinds: DATASTORES },
  { room: 'network', kinds: networks },
  { room: 'add-ons', kinds: addOns },
];

/** Files that may name a kind all the same, with the reason. Few: what is listed here no seam protects. */
const EXCEPTIONS: readonly { readonly file: RegExp; readonly words: readonly string[]; readonly why: string }[] = [
  {
    file: /^src\/lab\//,
    words: ['debian', 'apt', 'apt-get', 'dpkg'],
    why: 'lab hosts are Debian, made with its tools: a room of its own',
  },
  {
    file: /^src\/artifacts\//,
    words: ['debian', 'ubuntu', 'apt', 'apt-get', 'dpkg'],
    why: 'images are made of Debian packages, whatever the hosts are, and this machine may be Debian',
  },
  {
    file: /^src\/artifacts\/images\/oci\.ts$/,
    words: ['containerd'],
    why: "an annotation by this name tells every runtime an image's reference",
  },
  {
    file: /^src\/preflight\/kernels\.ts$/,
    words: ['debian', 'ubuntu', 'containerd'],
    why: 'lines of docs/requirements.md: which systems come with which kernel, and why one is refused',
  },
  {
    file: /^src\/lab\/images\//,
    words: ['redhat', 'rhel', 'rocky', 'centos', 'dnf', 'yum', 'rpm', 'ubuntu', 'needrestart'],
    why: 'emulations of systems: made with the tools of the family, a room of its own',
  },
  {
    file: /^src\/cli\/commands\/lab\.ts$/,
    words: ['rocky', 'ubuntu'],
    why: 'names what the lab can make',
  },
  { file: /^src\/cli\/commands\/(lab|artifacts)\.ts$/, words: ['debian'], why: 'says what the lab makes' },
  {
    file: /^src\/cli\/terminal\/run-in-place\.ts$/,
    words: ['debian'],
    why: "names a package for the operator's own machine, as an example",
  },
  {
    file: /^src\/cli\/reference\/host-changes\//,
    words: ['debian'],
    why: 'docs/host-changes.md is written for one example host, and says so',
  },
  {
    file: /^src\/model\/spec\/waits\.ts$/,
    words: ['apt', 'dpkg'],
    why: 'a line of docs/inventory.md, which people with these hosts read',
  },
  {
    file: /^src\/model\/spec\/(machine|repositories)\.ts$/,
    words: ['apt', 'dnf', 'yum', 'centos'],
    why: 'lines of docs/inventory.md, which people with these hosts read',
  },
  {
    file: /^src\/doctor\/causes\/(cluster\/runtime|host\/cgroup)\.ts$/,
    words: ['containerd'],
    why: "causes that quote a runtime's own words, and name its file",
  },
  {
    file: /^src\/doctor\/causes\/cluster\/runtime\.ts$/,
    words: ['crio'],
    why: "a cause that quotes the kubelet's words about a socket",
  },
  {
    file: /^src\/resources\/traces\/index\.ts$/,
    words: ['containerd'],
    why: 'a line of docs/host-changes.md',
  },
  {
    file: /^src\/phases\/cluster\/kubelet\/configuration\.hbs$/,
    words: ['staticPod'],
    why: "a key of the kubelet's configuration, in kubeadm's form",
  },
  {
    file: /^src\/inventory\/rules\/own-settings\.ts$/,
    words: ['staticPod'],
    why: "the same key, where it must not be changed by the inventory's kubelet.config",
  },
  {
    file: /^src\/engine\/adopt\/component-config\.ts$/,
    words: ['staticPod'],
    why: 'a key of configurations as kubeadm writes them, of clusters that kinit did not make',
  },
  {
    file: /^src\/doctor\/causes\/cluster\/container\.ts$/,
    words: ['static pod', 'etcd'],
    why: 'lines of docs/troubleshooting.md',
  },
  {
    file: /^src\/doctor\/causes\/host\/(address|disk)\.ts$/,
    words: ['etcd'],
    why: 'lines of docs/troubleshooting.md, with messages as people find them',
  },
  {
    file: /^src\/(doctor\/sections\/manifests\.sh|cluster\/why\/node-cause\.ts)$/,
    words: ['etcd'],
    why: 'a flag of the API server; and the order of causes, which a join of hosts asks for too, below the seams',
  },
  {
    file: /^src\/(model\/spec\/(components|pki)|inventory\/rules\/(arguments|services)|pki\/material\/material)\.ts$/,
    words: ['etcd'],
    why: "the inventory's section of this name and its rules, still to come from the kind; and a message",
  },
  {
    file: /^src\/.*kubeadm/,
    words: ['coredns'],
    why: 'kubeadm looks for the image of cluster DNS by this name',
  },
  {
    file: /^src\/doctor\/causes\/cluster\/dns\.ts$/,
    words: ['coredns'],
    why: 'a cause that quotes its own words, on any cluster',
  },
];

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .filter((file) => /\.(ts|sh|hbs)$/.test(file))
  .sort();

test.each(SEAMS)('kinds of src/$room are named nowhere else', ({ room, kinds }) => {
  const words = kinds.flatMap((kind) => kind.words);
  const found = FILES.filter((file) => !file.startsWith(`src/${room}/`)).flatMap((file) =>
    words.filter((word) => !isExcepted(file, word) && names(file, word)).map((word) => `${file}: ${word}`),
  );
  expect(found).toEqual([]);
});

test('no exception is left over', () => {
  const needless = EXCEPTIONS.flatMap(({ file, words }) =>
    words
      .filter((word) => !FILES.some((name) => file.test(name) && names(name, word)))
      .map((word) => `${file.source}: ${word}`),
  );
  expect(needless).toEqual([]);
});

/** Most files do not even say it in a comment: these need not be taken apart. */
function names(file: string, word: string): boolean {
  return says(textOf(file), word) && says(codeOf(file), word);
}

function isExcepted(file: string, word: string): boolean {
  return EXCEPTIONS.some((exception) => exception.file.test(file) && exception.words.includes(word));
}

/** A long word is looked for within others too (debianFiles), a short one by itself (apt is in "captured"). */
function says(text: string, word: string): boolean {
  if (word.length > 5) return text.toLowerCase().includes(word.toLowerCase());
  return new RegExp(`(?<![A-Za-z0-9_-])${word}(?![A-Za-z0-9_])`, 'i').test(text);
}

const texts = new Map<string, string>();
const codes = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
}

/** A file's text without its comments: they may cite. */
function codeOf(file: string): string {
  const known = codes.get(file);
  if (known !== undefined) return known;
  const text = textOf(file);
  const code = file.endsWith('.ts') ? tokensOf(text) : file.endsWith('.sh') ? withoutComments(text) : text;
  codes.set(file, code);
  return code;
}

function tokensOf(text: string): string {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const tokens: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(source) === 0) tokens.push(node.getText(source));
    else
      node
        .getChildren(source)
        .filter((child) => !ts.isJSDoc(child))
        .forEach(visit);
  };
  visit(source);
  return tokens.join(' ');
}
