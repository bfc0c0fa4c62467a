/**
 * Rate limits: how much one visitor, and one address, may do. Counters are in memory or, for several nodes, in Redis;
 * while Redis is unreachable each node counts in memory. The defaults follow OWASP's recommendations, but let a class
 * of thirty behind one school address work (docs/configuration.md has the table).
 */
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Buckets } from '../work/buckets.js';
import { AppError, type ErrorCode } from './errors.js';

/** A rate limit. A window of 0 seconds limits how many there are at once. */
export interface Limit {
  points: number;
  /** Seconds. */
  per: number;
}

/** Name -> how many in how many seconds. Names with `_ip` or `_day` count an address, `_room` a room, `hook` a bot, the others a visitor. */
export const LIMITS = {
  page_ip: { points: 3000, per: 60 },
  session_ip: { points: 600, per: 60 },
  room: { points: 60, per: 3600 },
  room_set: { points: 120, per: 60 },
  transcript: { points: 20, per: 3600 },
  report: { points: 30, per: 600 },
  report_ip: { points: 300, per: 600 },
  room_ip: { points: 600, per: 3600 },
  chat: { points: 120, per: 10 },
  chat_minute: { points: 300, per: 60 },
  chat_ip: { points: 6000, per: 60 },
  search: { points: 120, per: 60 },
  search_ip: { points: 900, per: 60 },
  upload: { points: 30, per: 600 },
  upload_ip: { points: 600, per: 600 },
  upload_bytes: { points: 100 * 1024 * 1024, per: 3600 },
  uploads: { points: 3, per: 0 },
  uploads_ip: { points: 40, per: 0 },
  image_cpu: { points: 40_000, per: 600 },
  image_cpu_ip: { points: 120_000, per: 600 },
  password: { points: 5, per: 60 },
  password_long: { points: 10, per: 900 },
  password_ip: { points: 20, per: 900 },
  password_all_ip: { points: 100, per: 900 },
  password_spare_ip: { points: 10, per: 900 },
  password_room: { points: 60, per: 900 },
  password_check: { points: 20, per: 600 },
  password_check_ip: { points: 120, per: 60 },
  consult: { points: 30, per: 3600 },
  consult_ip: { points: 600, per: 3600 },
  desk_password: { points: 5, per: 900 },
  desk_password_ip: { points: 20, per: 900 },
  desk_password_day: { points: 100, per: 86_400 },
  return_code: { points: 10, per: 900 },
  return_code_ip: { points: 60, per: 900 },
  rating: { points: 20, per: 3600 },
  rating_ip: { points: 600, per: 3600 },
  direct_new: { points: 60, per: 3600 },
  name: { points: 20, per: 600 },
  token: { points: 20, per: 600 },
  hook: { points: 60, per: 60 },
  knock: { points: 30, per: 600 },
  knock_ip: { points: 300, per: 60 },
  seat_ip: { points: 300, per: 60 },
  seats_ip: { points: 60, per: 0 },
  event: { points: 100, per: 10 },
  work: { points: 300, per: 18 },
  work_ip: { points: 15_000, per: 30 },
  asks: { points: 8, per: 0 },
  asks_costly: { points: 6, per: 0 },
  handshake: { points: 30, per: 60 },
  handshake_ip: { points: 1200, per: 60 },
  sockets: { points: 20, per: 0 },
  sockets_ip: { points: 500, per: 0 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/**
 * What is counted with every event and handshake, and without a question to anybody: each node counts for itself, in buckets
 * that fill up again at a steady pace.
 */
const STEADY = ['event', 'work', 'work_ip', 'handshake', 'handshake_ip'] as const satisfies LimitName[];
type SteadyName = (typeof STEADY)[number];
/** What is counted in windows, on all nodes together. */
type WindowName = Exclude<LimitName, SteadyName>;

const isSteady = (name: LimitName): name is SteadyName => (STEADY as readonly LimitName[]).includes(name);

export type LimitTable = Readonly<Record<LimitName, Limit>>;

/**
 * Parse the configuration key `LIMITS`: `off`, or `name=points/seconds` pairs that replace defaults, such as
 * `chat=200/10,sockets_ip=2000/0`.
 * @throws Error that says which pair is wrong.
 */
export function parseLimits(text: string): LimitTable {
  const table: Record<LimitName, Limit> = { ...LIMITS };
  if (text.trim() === 'off') {
    for (const name of Object.keys(table) as LimitName[]) table[name] = { points: Infinity, per: 1 };
    return table;
  }
  for (const part of text.split(',')) {
    const match = /^\s*([a-z_]+)=(\d{1,12})\/(\d{1,8})\s*$/.exec(part);
    if (!match?.[1] || !Object.hasOwn(LIMITS, match[1])) throw new Error(`"${part.trim()}" is not name=points/seconds`);
    const name = match[1] as LimitName;
    const limit = { points: Number(match[2]), per: Number(match[3]) };
    if (limit.points === 0) throw new Error(`"${part.trim()}" would refuse everybody: at least 1`);
    if ((limit.per === 0) !== (LIMITS[name].per === 0))
      throw new Error(
        `"${part.trim()}": ${name} ${limit.per === 0 ? 'needs seconds' : 'counts how many at once: write /0'}`,
      );
    table[name] = limit;
  }
  return table;
}

/** The Redis client, as rate-limiter-flexible takes it. */
type RedisClient = object;

export class Limits {
  readonly #limiters = new Map<WindowName, RateLimiterAbstract>();
  readonly #buckets = new Map<SteadyName, Buckets>();

  constructor(
    readonly table: LimitTable,
    redis?: RedisClient,
  ) {
    for (const [name, { points, per }] of Object.entries(table) as [LimitName, Limit][]) {
      if (!Number.isFinite(points) || per === 0) continue;
      if (isSteady(name)) {
        this.#buckets.set(name, new Buckets(points, per));
        continue;
      }
      const options = { keyPrefix: `limit:${name}`, points, duration: per };
      const memory = new RateLimiterMemory(options);
      // Count in memory at once while Redis is away: its client would keep a command until the next try to connect.
      const store = { storeClient: redis, useRedisPackage: true, rejectIfRedisNotReady: true };
      this.#limiters.set(
        name,
        redis ? new RateLimiterRedis({ ...options, ...store, insuranceLimiter: memory }) : memory,
      );
    }
  }

  /**
   * Count `points` against a key.
   * @returns what is left in the window.
   * @throws AppError(code) with retryAfter seconds once the window is full.
   */
  async take(name: WindowName, key: string, code: ErrorCode = 'rate_limited', points = 1): Promise<number> {
    const limiter = this.#limiters.get(name);
    if (!limiter) return Infinity;
    try {
      return (await limiter.consume(key, points)).remainingPoints;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      throw new AppError(code, { retryAfter: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) });
    }
  }

  /** Count points, whether the window is full or not. @returns what is left in it. */
  async count(name: WindowName, key: string, points = 1): Promise<number> {
    return (await this.#limiters.get(name)?.penalty(key, points))?.remainingPoints ?? Infinity;
  }

  /** How many points are counted in the window. */
  async used(name: WindowName, key: string): Promise<number> {
    return (await this.#limiters.get(name)?.get(key))?.consumedPoints ?? 0;
  }

  /** The error with which `take` would refuse one more point, or null. Counts nothing. */
  async refusal(name: WindowName, key: string, code: ErrorCode = 'rate_limited'): Promise<AppError | null> {
    const counted = await this.#limiters.get(name)?.get(key);
    if (!counted || counted.consumedPoints < this.table[name].points) return null;
    return new AppError(code, { retryAfter: Math.max(1, Math.ceil(counted.msBeforeNext / 1000)) });
  }

  /** Give back what `take` counted, for an attempt that succeeded. */
  async giveBack(name: WindowName, key: string, points = 1): Promise<void> {
    await this.#limiters.get(name)?.reward(key, points);
  }

  /**
   * Take points of a bucket.
   * @throws AppError(code) with retryAfter seconds while it holds too few; then nothing is taken.
   */
  spend(name: SteadyName, key: string, points = 1, code: ErrorCode = 'rate_limited'): void {
    const seconds = this.#buckets.get(name)?.take(key, points) ?? 0;
    if (seconds > 0) throw new AppError(code, { retryAfter: Math.ceil(seconds) });
  }

  /** Take points for what turned out to cost more, if need be from what is still to come. */
  charge(name: SteadyName, key: string, points: number): void {
    this.#buckets.get(name)?.charge(key, points);
  }

  /** How many may exist at once (sockets, uploads, events under way); Infinity when limits are off. */
  atOnce(name: LimitName): number {
    return this.table[name].points;
  }
}
