import { expect, test, vi } from 'vitest';
import { runCluster, type RunOptions } from '../../../src/engine/index.js';
import { specSchema } from '../../../src/inventory/spec-schema.js';

const SPEC = {
  hosts: [{ name: 'a', address: '192.0.2.1', roles: ['control-plane'] }],
  runtime: { registries: [{ registry: 'r.example', username: 'u', passwordEnv: 'KINIT_TEST_ABSENT' }] },
};

/** Hosts that nobody reaches: were they connected to, the error would be another one, and late. */
function run(command: RunOptions['command']): Promise<unknown> {
  const spec = specSchema.parse(SPEC);
  const emit = vi.fn();
  const inventory = { spec, file: '/x', directory: '/' };
  const options = { inventory, command, emit, hosts: ['a'], only: [], skip: [], ignorePreflight: [] };
  return runCluster(options as never).catch((thrown: unknown) => ({ thrown, events: emit.mock.calls }));
}

test.each(['init', 'plan'] as const)(
  '%s tells a password that is not there before it connects to anybody',
  async (command) => {
    const outcome = await run(command);
    expect(outcome).toEqual({
      thrown: expect.objectContaining({
        message: expect.stringContaining('r.example') as string,
        context: expect.objectContaining({ class: 'access' }) as object,
      }) as Error,
      events: [],
    });
  },
);
