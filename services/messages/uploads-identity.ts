/**
 * Whether the database and the folder of uploads belong together: both carry one random id. The database has it in a
 * document that one conditional write makes, so that several nodes agree; the folder has it in a file.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Models } from '../../schemas/models.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { noneIfMissing } from '../site/missing.js';
import type { Uploads } from './uploads.js';

const SITE = 'site';
const FILE = '.identity';

interface Deps {
  models: Pick<Models, 'Identity'>;
  uploads: Uploads;
}

export class UploadsIdentity {
  constructor(private readonly deps: Deps) {}

  /** The identity of the database, made at the first question. */
  async ofDatabase(): Promise<string> {
    const { Identity } = this.deps.models;
    const ask = () =>
      Identity.findOneAndUpdate(
        { _id: SITE },
        { $setOnInsert: { identity: randomUUID() } },
        { upsert: true, returnDocument: 'after' },
      )
        .orFail()
        .lean<{ identity: string }>();
    const { identity } = await ask().catch((error: unknown) => {
      if (isDuplicateKey(error)) return ask(); // another node has made it
      throw error;
    });
    return identity;
  }

  /** The identity of the folder; null where there is none, or an empty file. */
  async ofFolder(): Promise<string | null> {
    const text = await readFile(this.#file, 'utf8').catch(noneIfMissing(''));
    return text.trim() || null;
  }

  /** Let the folder belong to a database. The file is never seen half written. */
  async mark(identity: string): Promise<void> {
    const written = path.join(this.deps.uploads.incoming, randomUUID());
    await writeFile(written, `${identity}\n`, { mode: 0o600 });
    await rename(written, this.#file);
  }

  get #file(): string {
    return path.join(this.deps.uploads.dir, FILE);
  }
}
