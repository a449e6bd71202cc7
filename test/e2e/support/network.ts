import { addOnTraces } from '../../../src/add-ons/index.js';
import { allTraces } from '../../../src/model/seams/network-traces.js';
import { networkChoice, networks, networkTraces } from '../../../src/network/index.js';

/** What pod networks and add-ons may leave on a host. */
export const TRACES = allTraces([networkTraces, addOnTraces]);

/** The network of a cluster whose inventory names none. */
const used = networks.find(({ id }) => id === networkChoice.default);

/** Its bridge, and the UDP port of its tunnel: what the doctor's provocations break. */
export const BRIDGE = used?.signs?.bridge ?? '';
export const TUNNEL_PORT = used?.tunnel?.port ?? 0;
