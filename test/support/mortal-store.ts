/** A database in a process of its own that a test can kill and start again on the same folder, behind an address that stays. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Proxy, targetOf } from './proxy.js';
import { temporaryFolder } from './site.js';

const CHILD = new URL('./store-child.js', import.meta.url);

export interface MortalStore {
  /** MONGO_URL, the same after every restart. */
  url: string;
  proxy: Proxy;
  /** `kill -9`. Resolves once the process is gone. */
  kill(): Promise<void>;
  /** Start it again with what it had stored. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function mortalStore(): Promise<MortalStore> {
  const dir = await temporaryFolder();
  const proxy = await Proxy.open({ port: 0 });
  let child: ChildProcess | undefined;
  const store: MortalStore = {
    url: `mongodb://127.0.0.1:${proxy.port}/gifchat`,
    proxy,
    async start() {
      child = fork(CHILD, [dir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      const [url] = (await once(child, 'message')) as [string];
      proxy.target = targetOf(url);
      proxy.restore();
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      proxy.cut();
    },
    async close() {
      await store.kill();
      await proxy.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await store.start();
  return store;
}
