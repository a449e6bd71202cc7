/** Steps that the engine does before all phases, with names for --skip and --only; in their order. */
export const STEPS_BEFORE = [
  { id: 'preflight', title: 'Check the hosts before anything is changed' },
  { id: 'kernel', title: 'Another kernel where the inventory wants one, with a reboot, one host at a time' },
] as const;
