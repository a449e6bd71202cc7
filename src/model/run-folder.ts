/** kinit's own folder on a host that a run has changed: who may change it, locks, and what is worth keeping until it is started again. */
export const RUN_FOLDER = '/run/kinit';
