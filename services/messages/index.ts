/** What the messages of all places share: uploads, and the budget of their images. */
import type { Base } from '../site/base.js';
import { ImageBudget } from './image-budget.js';
import { Uploads } from './uploads.js';

export type MessageServices = ReturnType<typeof createMessages>;

export function createMessages({ config, models }: Base) {
  const owners = [models.Room, models.Case];
  return {
    uploads: new Uploads({ dir: config.uploadsDir }),
    imageBudget: new ImageBudget({ models, owners, maxBytes: config.uploadsBudgetBytes }),
  };
}
