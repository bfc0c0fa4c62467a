/** A Redis of our own for one suite: its own port, nothing kept, ended by its own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { steadyPort } from './ports.js';
import { temporaryFolder } from './site.js';
import { tool } from './tools.js';
import { waitFor } from './wait.js';

export interface RedisServer {
  url: string;
  /** Kill it, as a machine that loses its power would. */
  kill(): Promise<void>;
  /** Start it again on the same port, empty. */
  start(): Promise<void>;
  close(): Promise<void>;
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
  const port = await steadyPort();
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir, daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const started = spawn(tool('redis'), args, { stdio: 'ignore' });
      child = started;
      await waitFor('Redis', () => {
        if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`);
        return answers(port);
      });
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
