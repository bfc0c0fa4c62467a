/** What the services of every place are built from. */
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import type { Config } from './config.js';
import { EventBus } from './events.js';
import type { Limits } from './limits.js';
import { Nodes } from '../database/nodes.js';
import { Notices } from './notices.js';
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

/** Milliseconds in which somebody whose connection was lost keeps a seat or a name, at most: no ghost stays for long. */
const RETURN_MS = 15_000;

export type Base = ReturnType<typeof createBase>;

export function createBase(given: Given) {
  const { config, models, clock, onError } = given;
  const events = new EventBus(onError);
  const timers = new Timers(onError);
  const nodes = new Nodes({ models, clock, timers, leaseMs: config.nodeLeaseMs });
  const notices = new Notices({ models, events, timers });
  const { graceMs } = config;
  return { ...given, events, timers, nodes, notices, graceMs, returnMs: Math.min(RETURN_MS, graceMs) };
}
