/** A site whose every word to its database passes a proxy: to count what it asks, or to take the database away. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type EmbeddedStore, startEmbeddedStore } from 'mongoose-embedded-store';
import { dropOuter, outerUrl } from './outer-store.js';
import { Proxy, targetOf } from './proxy.js';
import { temporaryFolder } from './site.js';

export interface DistantStore {
  /** MONGO_URL of the way through the proxy. */
  url: string;
  proxy: Proxy;
  /** Commands that named a collection since the last `forget`. */
  asked(collection: string): number;
  forget(): void;
  close(): Promise<void>;
}

/** A store of its own behind a proxy on loopback. */
export async function distantStore(): Promise<DistantStore> {
  const dir = await temporaryFolder();
  const outer = outerUrl(dir);
  const store: EmbeddedStore | null =
    outer === null ? await startEmbeddedStore({ dir: path.join(dir, 'data'), database: 'gifchat' }) : null;
  store?.ended.catch((error: unknown) => console.error('the store behind the proxy has ended', error));
  const target = outer ?? store?.url ?? '';
  const proxy = await Proxy.open(targetOf(target));
  let sent: Buffer[] = [];
  proxy.onRequest = (chunk) => sent.push(chunk);
  return {
    url: `mongodb://127.0.0.1:${proxy.port}${new URL(target).pathname}`,
    proxy,
    asked(collection) {
      // A BSON string: its length with the final zero, its bytes, the zero.
      const length = Buffer.alloc(4);
      length.writeInt32LE(collection.length + 1);
      const mark = Buffer.concat([length, Buffer.from(`${collection}\0`)]);
      const all = Buffer.concat(sent);
      let count = 0;
      for (let at = all.indexOf(mark); at >= 0; at = all.indexOf(mark, at + 1)) count++;
      return count;
    },
    forget: () => void (sent = []),
    async close() {
      await proxy.close();
      await store?.close();
      await dropOuter(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
