/**
 * Servers that share no line with the embedded store. Each is fetched and built with the tools of its own language where these are
 * installed: FerretDB 1.24 with SQLite by Go from the module proxy, mongo-java-server by Maven.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { ROOT } from '../../services/site/root.js';
import { steadyPort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

const SOURCES = path.join(ROOT, 'test/chaos');
/** Milliseconds for the first build, which fetches what it needs; later ones take some seconds. */
export const BUILD_MS = 8 * 60_000;

export interface OuterServer {
  name: string;
  /** Build it in an empty folder. Rejects where its tools are missing. */
  build: (dir: string) => Promise<void>;
  /** What rows have to know of it. */
  env?: Record<string, string>;
  /** What runs what was built. */
  command: (dir: string, port: number) => [string, string[]];
}

const run = (cwd: string, command: string, args: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(command, args, { cwd, env: { ...process.env, ...env }, timeout: BUILD_MS });

export const FERRETDB: OuterServer = {
  name: 'FerretDB 1.24',
  // findAndModify, update and delete read documents, and then write them by `_id`: internal/handler/msg_*.go
  env: { CHAOS_TWO_STEPS: '1' },
  build: async (dir) => {
    const built = path.join(dir, 'ferretdb');
    await run(path.join(SOURCES, 'ferretdb'), 'go', ['build', '-o', built, '.'], { GOFLAGS: '-mod=readonly' });
  },
  command: (dir, port) => [path.join(dir, 'ferretdb'), [`127.0.0.1:${port}`, dir]],
};

export const MONGO_JAVA_SERVER: OuterServer = {
  name: 'mongo-java-server 1.47',
  build: async (dir) => {
    await run(dir, 'java', ['-version']);
    await cp(path.join(SOURCES, 'mongo-java-server'), dir, { recursive: true });
    await run(dir, 'mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib']);
  },
  command: (dir, port) => ['java', ['-cp', path.join(dir, 'lib', '*'), path.join(dir, 'Main.java'), String(port)]],
};

/** Build a server. @returns why it cannot be had, in a line, or null. */
export async function build({ build }: OuterServer, dir: string): Promise<string | null> {
  try {
    await build(dir);
    return null;
  } catch (error) {
    const { code, path: command, message } = error as { code?: string; path?: string; message: string };
    return code === 'ENOENT' ? `${command ?? ''} is not installed` : message.split('\n').slice(0, 2).join(' ');
  }
}

/** Start what was built. @returns its URL, and how it is ended. */
export async function serve(server: OuterServer, dir: string): Promise<{ url: string; end: () => Promise<void> }> {
  const port = await steadyPort();
  const child: ChildProcess = spawn(...server.command(dir, port), { cwd: dir, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `mongodb://127.0.0.1:${port}/`;
  await waitFor(server.name, () =>
    MongoClient.connect(url, { serverSelectionTimeoutMS: 500 }).then(
      (client) => client.close().then(() => true),
      () => false,
    ),
  );
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, end };
}
