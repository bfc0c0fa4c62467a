/** The metrics of a site for Prometheus, by prom-client. Made with the first question, and read anew with each. */
import { statfs } from 'node:fs/promises';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Database } from '../database/database.js';
import type { Config } from './config.js';
import type { Histogram, Tally } from './tally.js';

interface Watched {
  config: Pick<Config, 'dataDir' | 'uploadsDir' | 'uploadsBudgetBytes'>;
  database: Pick<Database, 'answers' | 'models'>;
  services: { rooms: { pulse(): Promise<{ rooms: number; people: number }> } };
  tally: Tally;
}

/** @param sockets how many connections are open. @returns what makes the text. */
export function createMetrics({ config, database, services, tally }: Watched, sockets: () => number) {
  const registry = new Registry();
  const registers = [registry];
  // Process, memory, event-loop delay and garbage collection.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });

  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const labelled = (name: string, help: string, labelNames: string[], rows: () => [string[], number][]) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [values, count] of rows())
          this.inc(Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? ''])), count);
      },
    });

  gauge('gifchat_rooms', 'Open rooms.', async () => (await services.rooms.pulse()).rooms);
  gauge('gifchat_people', 'Taken seats in rooms.', async () => (await services.rooms.pulse()).people);
  gauge('gifchat_sockets', 'Open connections of Socket.IO and the raw gateway, on this node.', sockets);
  counter('gifchat_posts_total', 'Messages stored by this node, in all places.', () => tally.posts);
  counter('gifchat_deliveries_total', 'Messages sent to connections of this node.', () => tally.deliveries);
  counter('gifchat_uploads_total', 'Pictures taken.', () => tally.uploads);
  labelled('gifchat_requests_total', 'HTTP requests.', ['method', 'status'], () =>
    [...tally.requests].map(([key, count]) => [key.split(' '), count]),
  );
  labelled('gifchat_refusals_total', 'Refusals by HTTP, events and handshakes.', ['code'], () =>
    [...tally.refusals].map(([code, count]) => [[code], count]),
  );
  gauge('gifchat_store_ping_seconds', 'How long the database takes to answer; 2 and more: not at all.', async () => {
    const began = performance.now();
    const answers = await database.answers();
    return answers ? (performance.now() - began) / 1000 : Math.max(2, (performance.now() - began) / 1000);
  });
  gauge('gifchat_images_bytes', 'Bytes of pictures that are kept.', async () => {
    const found = await database.models.ImageBudget.findOne().lean<{ bytes: number }>();
    return found?.bytes ?? 0;
  });
  gauge('gifchat_images_budget_bytes', 'Bytes of pictures that may be kept.', () => config.uploadsBudgetBytes);
  gauge('gifchat_uploads_free_bytes', 'Bytes free on the disk of UPLOADS_DIR.', () => freeOn(config.uploadsDir));
  gauge('gifchat_data_free_bytes', 'Bytes free on the disk of DATA_DIR.', () => freeOn(config.dataDir));

  return async (): Promise<string> =>
    (await registry.metrics()) +
    histogram('gifchat_batch_messages', 'Messages sent together.', tally.batches) +
    histogram('gifchat_request_seconds', 'How long requests took.', tally.seconds);
}

/** Bytes free for the site; NaN where the folder is not there. */
async function freeOn(folder: string): Promise<number> {
  const disk = await statfs(folder).catch(() => null);
  return disk ? disk.bavail * disk.bsize : NaN;
}

/** A histogram in Prometheus' text: prom-client has none that takes finished counts. */
function histogram(name: string, help: string, { ends, counts, sum, count }: Histogram): string {
  let below = 0;
  const rows = ends.map((end, at) => `${name}_bucket{le="${end}"} ${(below += counts[at] ?? 0)}\n`);
  return (
    `\n# HELP ${name} ${help}\n# TYPE ${name} histogram\n${rows.join('')}` +
    `${name}_bucket{le="+Inf"} ${count}\n${name}_sum ${sum}\n${name}_count ${count}\n`
  );
}
