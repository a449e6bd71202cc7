/**
 * The fields that are not undefined, to spread into an object whose optional fields must be left out rather than be
 * undefined (exactOptionalPropertyTypes): `{ name, ...defined({ user, port }) }`.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
