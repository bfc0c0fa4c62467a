/** What the services of every place are built from. */
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import type { Config } from './config.js';
import { EventBus } from './events.js';
import type { Limits } from './limits.js';
import { Nodes } from '../database/nodes.js';
import { Timers } from '../work/timers.js';

interface Given {
  config: Config;
  models: Models;
  /** No other process uses the database. */
  exclusive: boolean;
  clock: Clock;
  limits: Limits;
  /** Receives what failed in the background. */
  onError: (error: unknown) => void;
}

export type Base = ReturnType<typeof createBase>;

export function createBase(given: Given) {
  const { config, models, clock, onError } = given;
  const events = new EventBus(onError);
  const timers = new Timers(onError);
  const nodes = new Nodes({ models, clock, timers, leaseMs: config.nodeLeaseMs });
  return { ...given, events, timers, nodes, graceMs: config.graceMs };
}
