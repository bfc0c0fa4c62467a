/**
 * The site's share of the disk for images: one number in the database, so that several nodes share it. It is taken from
 * by one conditional write, and counted anew every minute, which settles what a crash or an expiry left in it.
 */
import { type Model, trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { AppError } from '../site/errors.js';

const SITE = 'site';
/** The part of the budget that is given out; the rest is for what is being counted at the moment. */
const FILL = 0.9;

interface Deps {
  models: Pick<Models, 'ImageBudget'>;
  /** Models whose documents count `imageBytes`. */
  owners: Pick<Model<unknown>, 'aggregate'>[];
  /** Bytes of images that the site may keep. */
  maxBytes: number;
}

export class ImageBudget {
  readonly #most: number;

  constructor(private readonly deps: Deps) {
    this.#most = Math.floor(deps.maxBytes * FILL);
  }

  /** @throws AppError storage_full when the site has no room for these bytes. */
  async take(bytes: number): Promise<void> {
    const { matchedCount } = await this.deps.models.ImageBudget.updateOne(
      { _id: SITE, bytes: trusted({ $lte: this.#most - bytes }) },
      { $inc: { bytes } },
    );
    if (matchedCount === 0) throw new AppError('storage_full');
  }

  /** Give back what was taken: the bytes are gone. */
  async give(bytes: number): Promise<void> {
    await this.deps.models.ImageBudget.updateOne({ _id: SITE }, { $inc: { bytes: -bytes } });
  }

  /** Count what all owners keep. Indexes answer it: owners without images are not read. */
  async recount(): Promise<void> {
    const sums = await Promise.all(
      this.deps.owners.map((model) =>
        model.aggregate<{ bytes: number }>([
          { $match: { imageBytes: { $gt: 0 } } },
          { $group: { _id: null, bytes: { $sum: '$imageBytes' } } },
        ]),
      ),
    );
    const bytes = sums.flat().reduce((all, sum) => all + sum.bytes, 0);
    await this.deps.models.ImageBudget.updateOne({ _id: SITE }, { $set: { bytes } }, { upsert: true });
  }
}
