/** A fresh site a suite: its own port, data and uploads, silent, gone afterwards. */
import { type Dirent, existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, createApp, type Parts } from '../../app.js';
import { parseConfig } from '../../services/site/config.js';
import type { Log } from '../../services/site/log.js';
import { dropOuter, outerUrl } from './outer-store.js';
import { steadyPort } from './ports.js';

export interface TestSite {
  url: string;
  port: number;
  app: App;
  dir: string;
  uploads: string;
  /** Where its database is, for a driver that looks at what is left behind, or for a second site. */
  databaseUrl: string;
  close(): Promise<void>;
  /** Stop it, keep its data, and start it again on the same port, perhaps with other settings. */
  restart(env?: Record<string, string>): Promise<void>;
}

/** A folder for one site's data. */
export const temporaryFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'gif-chat-'));

/** What an operator would set for a site under test in this folder. */
export const testEnv = (dir: string): Record<string, string> => ({
  MONGO_URL: outerUrl(dir) ?? '',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'silent',
  // A connection that a test used stays open longer than its pauses: a POST is never sent on one that just closed.
  KEEP_ALIVE_MS: '60000',
  STORE_RESERVE_BYTES: '0',
  DATA_DIR: path.join(dir, 'data'),
  UPLOADS_DIR: path.join(dir, 'uploads'),
});

/** A log that keeps its warnings and errors and drops the rest. */
export function heardLog(): { log: Log; warnings: string[]; errors: string[] } {
  const [warnings, errors]: [string[], string[]] = [[], []];
  const pass = () => undefined;
  const keepIn = (lines: string[]) => (details: object | string, message?: string) =>
    void lines.push(typeof details === 'string' ? details : (message ?? ''));
  const error = keepIn(errors);
  const log = { debug: pass, info: pass, warn: keepIn(warnings), error, fatal: error };
  return { log: log as Log, warnings, errors };
}

/** Start a site. `env` is what an operator would set; `parts` are for what takes longer than a test may; without `log` it is silent. */
export async function startSite(
  env: Record<string, string> = {},
  { log, ...parts }: Parts & { log?: Log } = {},
): Promise<TestSite> {
  const dir = await temporaryFolder();
  const open = async (port: number, changed: Record<string, string> = {}) => {
    const config = parseConfig({ ...testEnv(dir), PORT: String(port), ...env, ...changed });
    const app = await createApp(config, log, parts);
    return { app, url: await app.start() };
  };
  const first = await open(await steadyPort());
  const site: TestSite = {
    ...first,
    port: portOf(first.app),
    dir,
    uploads: path.join(dir, 'uploads'),
    databaseUrl: first.app.database.url,
    async close() {
      await site.app.close();
      await dropOuter(dir);
      await rm(dir, { recursive: true, force: true });
    },
    async restart(changed) {
      await site.app.close();
      site.app = (await open(site.port, changed)).app;
      site.databaseUrl = site.app.database.url;
    },
  };
  return site;
}

export function portOf(app: App): number {
  const address = app.server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return address.port;
}

/** A folder below may go while it is being read: then it is read once more, and is not taken for empty. */
async function entriesUnder(folder: string): Promise<Dirent[]> {
  for (;;) {
    try {
      return await readdir(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (!existsSync(folder)) return [];
    }
  }
}

/** Every file under a folder, as paths relative to it, sorted. */
export async function filesUnder(folder: string): Promise<string[]> {
  const entries = await entriesUnder(folder);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
