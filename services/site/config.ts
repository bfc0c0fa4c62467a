/**
 * The configuration: the environment parsed into one frozen Config, or one error that names every bad key. It is read
 * once, by app.ts and by tests; everybody else is given the result. docs/configuration.md describes every key.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROOT } from './root.js';
import { LIMITS, parseLimits } from './limits.js';
import { LANGS } from './locales.js';
import { unknownSettings } from './setting-names.js';

/** Secrets from articles and examples: anybody could sign with them. */
const SAMPLE_SECRETS = ['gifchat', 'secret', 'keyboard cat', 'changeme', 'cookiesecret'];
const MIN_SECRET_BYTES = 32;

const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().int().min(min).max(max));

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a ${protocols.map((protocol) => protocol.slice(0, -1)).join(' or ')} URL`,
  });

/** Not checked by URL, which cannot parse the several hosts of a replica set. The driver checks the rest. */
const mongoUrl = z.string().regex(/^mongodb(?:\+srv)?:\/\/[^\s/?#]+/, 'must be a mongodb or mongodb+srv URL');

const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((list) => list.every((secret) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES), {
    message: `each secret needs at least ${MIN_SECRET_BYTES} bytes`,
  })
  .refine((list) => !list.some((secret) => SAMPLE_SECRETS.includes(secret.toLowerCase())), {
    message: 'is a sample value',
  });

const isWebOrigin = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

const ARGON2ID =
  /^\$argon2id\$v=(?:16|19)\$m=[1-9]\d*,t=[1-9]\d*,p=[1-9]\d*\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,}$/;

/** What browsers may be told of an address: where it is, and neither how to sign in there nor what to ask for. */
const isPlain = (text: string): boolean => {
  if (!URL.canParse(text)) return true; // said by the check before
  const { username, password, search, hash } = new URL(text);
  return username + password + search + hash === '' && !/[?#]/.test(text);
};

/** The parts of the site beside its rooms that an operator may leave out. */
const PLACES = ['lobby', 'direct', 'consult'] as const;
export type Place = (typeof PLACES)[number];

const places = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .transform((names, context): ReadonlySet<Place> => {
    if (names.join() === 'all') return new Set(PLACES);
    if (names.join() === 'none') return new Set();
    const known = PLACES.filter((place) => names.includes(place));
    if (names.some((name) => !known.some((place) => place === name)))
      context.addIssue({ code: 'custom', message: `must be a list of ${PLACES.join(', ')}, or all, or none` });
    return new Set(known);
  });

const baseOf = (address: string): string => new URL(address).pathname.replace(/\/+$/, '');

const isPublic = (folder: string): boolean => {
  const between = path.relative(path.join(ROOT, 'public'), path.resolve(ROOT, folder));
  return !between.startsWith('..') && !path.isAbsolute(between);
};

/** A sign-in's password: plain, or as an argon2id hash. */
const password = z
  .string()
  .min(8, 'needs at least 8 characters')
  .refine((value) => !value.startsWith('$argon2') || ARGON2ID.test(value), {
    message: 'is no whole argon2id hash ($argon2id$v=19$m=…,t=…,p=…$salt$hash)',
  })
  .optional();

const environment = z.object({
  PORT: whole(0, 65_535).default(8005),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: url('http:', 'https:')
    .refine(isPlain, { message: 'must be scheme, host and path alone: no user, password, query or fragment' })
    .optional(),
  SITE_NAME: z.string().trim().min(1).max(40, 'must be 40 characters or fewer').optional(),
  DEFAULT_LANG: z.enum(LANGS).default('en'),
  PLACES: places.default(new Set(PLACES)),
  EXTRA_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine((list) => list.every(isWebOrigin), { message: 'must be a list of origins' })
    .optional(),
  COOKIE_SECRET: secrets.optional(),
  MONGO_URL: mongoUrl.optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  UPLOADS_DIR: z
    .string()
    .min(1)
    .refine((folder) => !isPublic(folder), { message: 'is served to everybody: keep images elsewhere' })
    .default('./uploads'),
  UPLOADS_ADOPT: z.uuid('must be the identity that the log names').optional(),
  ROOM_GRACE_MS: whole(0, 86_400_000).default(600_000),
  MAX_UPLOAD_BYTES: whole(1024, 104_857_600).default(5_242_880),
  UPLOADS_BUDGET_BYTES: whole(1_048_576, Number.MAX_SAFE_INTEGER).default(5 * 1024 ** 3),
  UPLOADS_INCOMING_BYTES: whole(1_048_576, Number.MAX_SAFE_INTEGER).default(128 * 1024 ** 2),
  DISK_RESERVE_BYTES: whole(0, Number.MAX_SAFE_INTEGER).default(500 * 1024 ** 2),
  STORE_RESERVE_BYTES: whole(0, Number.MAX_SAFE_INTEGER).default(32 * 1024 ** 2),
  IMAGE_DEADLINE_MS: whole(1_000, 600_000).default(20_000),
  TRUST_PROXY: whole(0, 10).default(0),
  KEEP_ALIVE_MS: whole(1_000, 600_000).optional(),
  MAX_CONNECTIONS: whole(10, 1_000_000).optional(),
  CONSULT_PASSWORD: password,
  ADMIN_PASSWORD: password,
  CONSULT_LINE_MS: whole(500, 3_600_000).default(55_000),
  CONSULT_ANSWER_MS: whole(500, 86_400_000).default(300_000),
  CONSULT_IDLE_MS: whole(1_000, 43_200_000).default(1_800_000),
  CONSULT_SHIFT_MS: whole(1_000, 86_400_000).default(43_200_000),
  CONSULT_RETENTION_DAYS: whole(1, 3_650).default(30),
  NODE_LEASE_MS: whole(500, 300_000).default(20_000),
  METRICS_TOKEN: z.string().min(8, 'needs at least 8 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LIMITS: z
    .string()
    .transform((text, context) => {
      try {
        return parseLimits(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .default(LIMITS),
});

/** What `parseConfig` throws. `problems` holds one text for each bad key. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Check the environment. An empty value counts as unset; folders are relative to the project's, wherever the shell stood.
 * @throws ConfigError naming every bad key at once.
 */
export function parseConfig(env: Record<string, string | undefined>) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = environment.safeParse(given);
  const problems = [
    ...(result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...unknownSettings(Object.keys(given), Object.keys(environment.shape)),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  const { data } = result;
  const dataDir = path.resolve(ROOT, data.DATA_DIR);
  const uploadsDir = path.resolve(ROOT, data.UPLOADS_DIR);
  const publicUrl = data.PUBLIC_URL === undefined ? null : new URL(data.PUBLIC_URL);
  if (publicUrl?.protocol === 'https:' && data.TRUST_PROXY === 0) {
    throw new ConfigError([
      'TRUST_PROXY: PUBLIC_URL is https, so a proxy ends TLS: say how many hops it is (1 for one)',
    ]);
  }
  return Object.freeze({
    port: data.PORT,
    host: data.HOST,
    /** PUBLIC_URL, where browsers find the site; null on plain localhost. */
    publicUrl,
    /** The sub-path of the site, without a trailing slash; '' at the root. */
    base: data.PUBLIC_URL === undefined ? '' : baseOf(data.PUBLIC_URL),
    /** The site's name on its pages; null: its own. */
    siteName: data.SITE_NAME ?? null,
    /** The language of whoever asks for none. */
    defaultLang: data.DEFAULT_LANG,
    /** The places that the site has beside its rooms. */
    places: data.PLACES,
    https: publicUrl?.protocol === 'https:',
    extraOrigins: (data.EXTRA_ORIGINS ?? []).map((origin) => new URL(origin).origin),
    cookieSecrets: data.COOKIE_SECRET ?? null,
    mongoUrl: data.MONGO_URL ?? null,
    redisUrl: data.REDIS_URL ?? null,
    dataDir,
    uploadsDir,
    /** The identity of the database to which UPLOADS_DIR is to belong from now on, whatever it holds. */
    uploadsAdopt: data.UPLOADS_ADOPT ?? null,
    /** Milliseconds that an empty room waits for those who did not leave on purpose. */
    graceMs: data.ROOM_GRACE_MS,
    maxUploadBytes: data.MAX_UPLOAD_BYTES,
    /** Bytes of images that the whole site may store. */
    uploadsBudgetBytes: data.UPLOADS_BUDGET_BYTES,
    /** Bytes that all uploads under way may come to. */
    uploadsIncomingBytes: data.UPLOADS_INCOMING_BYTES,
    /** Bytes that stay free on the disk of the uploads. */
    diskReserveBytes: data.DISK_RESERVE_BYTES,
    /** Bytes that the embedded store sets aside, so that texts go on when the disk is full. */
    storeReserveBytes: data.STORE_RESERVE_BYTES,
    /** Milliseconds that one image may take to be decoded. */
    imageDeadlineMs: data.IMAGE_DEADLINE_MS,
    /** How many proxies stand in front of the site. */
    trustProxy: data.TRUST_PROXY,
    /** Milliseconds for which an idle HTTP connection stays open: behind a proxy, longer than the proxy uses it. */
    keepAliveMs: data.KEEP_ALIVE_MS ?? (data.TRUST_PROXY > 0 ? 65_000 : 5_000),
    /** Connections at once; null: as many as the system has descriptors for. */
    maxConnections: data.MAX_CONNECTIONS ?? null,
    consultPassword: data.CONSULT_PASSWORD ?? null,
    /** The operator's password; null: there is no /admin. */
    adminPassword: data.ADMIN_PASSWORD ?? null,
    consult: {
      /** Milliseconds for which a consultant without a connection keeps a case. */
      awayMs: data.CONSULT_LINE_MS,
      /** Milliseconds in which a visitor's message is to be answered. */
      answerMs: data.CONSULT_ANSWER_MS,
      /** Milliseconds after which an unused sign-in at the desk ends, and after which a used one does. */
      idleMs: data.CONSULT_IDLE_MS,
      shiftMs: data.CONSULT_SHIFT_MS,
      /** Days for which a consultation is kept after its last change. */
      retentionDays: data.CONSULT_RETENTION_DAYS,
    },
    /** Milliseconds without a sign of life after which a node counts as dead. */
    nodeLeaseMs: data.NODE_LEASE_MS,
    /** What lets somebody from elsewhere read /metrics; null: nobody. */
    metricsToken: data.METRICS_TOKEN ?? null,
    logLevel: data.LOG_LEVEL,
    limits: data.LIMITS,
  });
}

/** What a failure to listen means for an operator: a host that is none is a wrong setting, the rest says itself what it is. */
export function listenError(error: NodeJS.ErrnoException, { host }: Pick<Config, 'host'>): Error {
  const isNone = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME', 'EADDRNOTAVAIL'].includes(error.code ?? '');
  return isNone ? new ConfigError([`HOST: ${host} is no address of this machine (${error.code ?? ''})`]) : error;
}

/** Everything an operator may decide, checked and frozen. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * The secrets that sign the session cookie: the configured list, or one that is generated once and stored in DATA_DIR
 * (mode 0600), so that sessions survive a restart. Two processes that start at once agree, and none sees half a file: it
 * is linked to its name when it is whole, and only where that is free.
 * @throws ConfigError when the file is too short to be a secret.
 */
export function cookieSecrets(config: Config): string[] {
  if (config.cookieSecrets) return config.cookieSecrets;
  const file = path.join(config.dataDir, 'cookie-secret');
  if (!existsSync(file)) generateSecret(file);
  const secret = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new ConfigError([
      `${file}: is empty or cut short: at least ${MIN_SECRET_BYTES} bytes are needed to sign cookies. Put it back from a backup, ` +
        'or remove it: the next start makes a new one, and every visitor begins anew',
    ]);
  }
  return [secret];
}

function generateSecret(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const written = `${file}.${randomUUID()}`;
  try {
    writeFileSync(written, randomBytes(48).toString('base64url'), { flag: 'wx', mode: 0o600, flush: true });
    linkSync(written, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(written, { force: true });
  }
}
