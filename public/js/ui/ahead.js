/**
 * What a conversation loads at its first use, loaded ahead while nothing else is going on: so that a menu opens although the
 * connection is gone by then. Emoji and the shelf's list are left out: they are large, and of no use without a connection
 * that brings what is chosen to others.
 */
import { lazyAddresses } from './lazy.js';
import { sheetAddress } from './sheet.js';
import { workerReady } from './service-worker.js';

/** Milliseconds after the page and the service worker are there. */
const QUIET_MS = 3_000;
/** Stylesheets that come with those parts. */
const SHEETS = ['emoji', 'large', 'search', 'shelf'];

const savesData = () =>
  /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection?.saveData === true;

export async function loadAhead() {
  if (savesData()) return;
  await workerReady();
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  for (const address of [...lazyAddresses(), ...SHEETS.map(sheetAddress)]) {
    try {
      // Read to its end: half an answer is not kept.
      await (await fetch(address, { priority: 'low' })).arrayBuffer();
    } catch {
      return;
    }
  }
}
