/** What the messages of all places share: uploads, whose they are, and the budget of their images. */
import type { Base } from '../site/base.js';
import { ImageBudget } from './image-budget.js';
import { Quarantine } from './quarantine.js';
import { UploadsIdentity } from './uploads-identity.js';
import { Uploads } from './uploads.js';

export type MessageServices = ReturnType<typeof createMessages>;

export function createMessages({ config, models, clock }: Base) {
  const owners = [models.Room, models.Case];
  const uploads = new Uploads({ dir: config.uploadsDir });
  return {
    uploads,
    quarantine: new Quarantine({ uploads, clock }),
    identity: new UploadsIdentity({ models, uploads }),
    imageBudget: new ImageBudget({ models, owners, maxBytes: config.uploadsBudgetBytes }),
  };
}
