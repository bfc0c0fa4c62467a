/** `npm run move -- mongodb://...`: copies the embedded store of the stopped site to a MongoDB; without a URL, to MONGO_URL. */
import { moveStore } from '../services/backup/move.js';
import { parseConfig } from '../services/site/config.js';
import { Refusal, runCommand } from '../services/site/refusal.js';
import { readSettingsFile } from '../services/site/settings-file.js';

await runCommand(async () => {
  readSettingsFile();
  const [given = process.env['MONGO_URL'], ...more] = process.argv.slice(2);
  if (!given || more.length > 0)
    throw new Refusal('Name one database: npm run move -- mongodb://..., or set MONGO_URL');
  const { dataDir, mongoUrl } = parseConfig({ ...process.env, MONGO_URL: given });
  const moved = await moveStore(dataDir, mongoUrl ?? '');
  for (const [name, documents] of Object.entries(moved)) console.log(`${name}: ${documents} documents`);
  console.log(
    'All documents and indexes are there. Set MONGO_URL to that database and start the site; UPLOADS_DIR stays.',
  );
  console.log(`The store in ${dataDir} is as it was: remove store.mdb there when the site has run well for a while.`);
});
