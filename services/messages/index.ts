/** What the messages of all places share: uploads, whose they are, and the budget of their images. */
import type { DiskState } from 'mongoose-embedded-store';
import path from 'node:path';
import { Decoder } from '../pictures/decoder.js';
import { Reservations } from '../pictures/reservations.js';
import { Shelf } from '../pictures/shelf.js';
import { ShelfFolder } from '../pictures/shelf-folder.js';
import type { Base } from '../site/base.js';
import type { Log } from '../site/log.js';
import { ImageBudget } from './image-budget.js';
import { Quarantine } from './quarantine.js';
import { UploadsIdentity } from './uploads-identity.js';
import { Uploads } from './uploads.js';

export type MessageServices = ReturnType<typeof createMessages>;

interface Given extends Base {
  log: Log;
  /** Room on the disk of the database. */
  storeDisk: () => DiskState;
}

export function createMessages({ config, models, clock, limits, timers, log, storeDisk }: Given) {
  const owners = [models.Room, models.Case, models.Conversation, models.LobbyPictures];
  const uploads = new Uploads({
    dir: config.uploadsDir,
    diskReserve: config.diskReserveBytes,
    storeDisk,
    log,
    decoder: new Decoder({ log, deadlineMs: config.imageDeadlineMs }),
    reservations: new Reservations({ limits, maxBytes: config.uploadsIncomingBytes }),
    limits,
  });
  const shelf = new Shelf({
    folder: new ShelfFolder({
      dir: path.join(config.dataDir, 'shelf'),
      // One of its own: a folder full of new GIFs keeps no upload waiting.
      decoder: new Decoder({ log, deadlineMs: config.imageDeadlineMs }),
      log,
      maxBytes: config.maxUploadBytes,
    }),
    timers,
    base: config.base,
  });
  return {
    shelf,
    uploads,
    quarantine: new Quarantine({ uploads, clock }),
    identity: new UploadsIdentity({ models, uploads }),
    imageBudget: new ImageBudget({ models, owners, maxBytes: config.uploadsBudgetBytes }),
  };
}
