// A store in a process of its own, for tests that kill it.
import { EmbeddedStoreError, startEmbeddedStore } from '../../src/index.js';

startEmbeddedStore({ dir: process.argv[2] ?? '', database: 'app' }).then(
  ({ url }) => process.send?.({ url }),
  (error: unknown) => {
    process.send?.({ code: error instanceof EmbeddedStoreError ? error.code : String(error) }, () =>
      process.disconnect(),
    );
  },
);
