// A store in a process of its own, for tests that kill it, close it by a message, or give it a broken file or a full disk.
// Arguments: the directory, and bytes of reserve.
import { EmbeddedStoreError, startEmbeddedStore } from '../../src/index.js';

startEmbeddedStore({
  dir: process.argv[2] ?? '',
  database: 'app',
  reserveBytes: Number(process.argv[3] ?? 0),
  onDisk: (disk) => process.send?.({ disk }),
}).then(
  (store) => {
    process.once('message', () => void store.close().then(() => process.disconnect()));
    process.send?.({ url: store.url });
  },
  (error: unknown) => {
    const { message } = error as Error;
    process.send?.({ code: error instanceof EmbeddedStoreError ? error.code : String(error), message }, () =>
      process.disconnect(),
    );
  },
);
