import { KinitError } from '../../model/error.js';

/** Something that the inventory asks for and the cluster in hand cannot become. */
export interface Refusal {
  /** The option's path. */
  readonly option: string;
  /** What the cluster has. */
  readonly there: string;
  /** What the inventory has. */
  readonly wanted: string;
  /** It need not be the inventory that has it: an argument may. */
  readonly asked?: true;
  /** The end of "cannot be changed: ". */
  readonly why: string;
  /** What to do instead: sentences. */
  readonly todo: string;
}

/** An error is read on a screen: of more than these only the names are told. */
const MOST = 4;

/** One error for all of them, before anything is touched. */
export function refused(refusals: readonly Refusal[], host: string): KinitError {
  const [first] = refusals;
  const rest = refusals.slice(MOST);
  return new KinitError(
    refusals.length === 1 && first !== undefined
      ? `the cluster has ${first.option} ${first.there}, and ${first.asked === true ? `${first.wanted} is asked for` : `the inventory says ${first.wanted}`}; nothing was changed`
      : `the inventory does not fit the cluster in ${String(refusals.length)} options; nothing was changed`,
    {
      class: 'refused',
      host,
      found: [
        ...refusals.slice(0, MOST).map(oneLine),
        ...(rest.length === 0 ? [] : [`and ${rest.map(({ option }) => option).join(', ')}`]),
      ].join('\n'),
      hint: [...new Set(refusals.map(({ todo }) => todo))].slice(0, MOST).join('\n'),
    },
  );
}

export function oneLine({ option, there, wanted, asked, why }: Refusal): string {
  return `${option}: the cluster has ${there}, ${asked === true ? `asked for is ${wanted}` : `the inventory ${wanted}`}: ${why}`;
}
