/** A Redis of our own for one suite: free port, nothing kept, ended by its own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { temporaryFolder } from './site.js';
import { waitFor } from './wait.js';

export interface RedisServer {
  url: string;
  /** Kill it, as a machine that loses its power would. */
  kill(): Promise<void>;
  /** Start it again on the same port, empty. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Found or installed by scripts/prepare-tests.mjs. */
function executable(): string {
  const tools = JSON.parse(readFileSync(path.join(ROOT, 'test-results', 'tools.json'), 'utf8')) as { redis: string };
  return tools.redis;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data: Buffer) => {
      resolve(data.toString().includes('PONG'));
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });

export async function startRedis(): Promise<RedisServer> {
  const dir = await temporaryFolder();
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir, daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(executable(), args, { stdio: 'ignore' });
      await waitFor('Redis', () => answers(port));
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async close() {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
