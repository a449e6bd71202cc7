/** Ways to make throwaway hosts, by the name a user gives. */
export const DRIVER_NAMES = ['nspawn', 'uml', 'qemu'] as const;
export type DriverName = (typeof DRIVER_NAMES)[number];
export const DEFAULT_DRIVER: DriverName = 'nspawn';
