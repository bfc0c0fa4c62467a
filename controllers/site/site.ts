/** What every door is built from: the configuration, the rules, the log, and which origins are ours. */
import type { Origins } from '../../services/site/origins.js';
import type { Assets } from '../../services/site/assets.js';
import type { Config } from '../../services/site/config.js';
import type { Database } from '../../services/database/database.js';
import type { Services } from '../../services/index.js';
import type { Log } from '../../services/site/log.js';
import type { Tally } from '../../services/site/tally.js';
import type { SetupHints } from '../../services/site/setup-hints.js';

export interface Site {
  config: Config;
  services: Services;
  database: Database;
  origins: Origins;
  hints: SetupHints;
  tally: Tally;
  assets: Assets;
  log: Log;
  /** True from the moment on which the site ends: no new work. */
  draining: () => boolean;
}
