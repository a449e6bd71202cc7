/** What is run of upstream's conformance tests. */
export interface Choice {
  /** Ginkgo's, on labels. */
  readonly label: string;
  /** A regular expression on names. */
  readonly focus?: string;
  /** Regular expressions on names. */
  readonly skip: readonly string[];
  /** The reason why a test of that name and these labels is not run. */
  readonly whyNot: (name: string, labels: readonly string[]) => string;
}

/** Labels of tests that the default run leaves out: each has the cluster for itself, and some take minutes. */
const ALONE = ['Serial', 'Slow', 'Disruptive'];

/** What cannot be run here at all. */
const NOT_HERE: readonly { readonly pattern: string; readonly reason: string }[] = [
  {
    pattern: 'ImageVolume should succeed with pod and pull policy of Always',
    reason: 'for it pulls its image from a registry',
  },
];

/** The reason of tests that nobody asked for. */
export const NOT_ASKED = 'not asked for';

/**
 * Default: those that are run beside each other. KINIT_TEST_CONFORMANCE=all: every one.
 * @param focus a regular expression on names; of these every one, too
 */
export function choose(focus: string | undefined, all: boolean): Choice {
  const every = all || focus !== undefined;
  return {
    label: ['Conformance', ...(every ? [] : ALONE.map((label) => `!${label}`))].join(' && '),
    ...(focus === undefined ? {} : { focus }),
    skip: NOT_HERE.map(({ pattern }) => pattern),
    whyNot: (name, labels) => {
      const here = NOT_HERE.find(({ pattern }) => new RegExp(pattern).test(name));
      if (here !== undefined) return here.reason;
      if (focus !== undefined) return NOT_ASKED;
      return `as it is ${ALONE.filter((label) => labels.includes(label)).join(', ')}: KINIT_TEST_CONFORMANCE=all takes it`;
    },
  };
}
