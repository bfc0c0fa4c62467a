/**
 * `npm run check`: reads all of the embedded store in DATA_DIR and says what of it is whole. Exit code 0 if everything is,
 * 1 if something is not or if it could not be read. It changes nothing; the site must be stopped.
 */
import { checkStore } from 'mongoose-embedded-store';
import { parseConfig } from '../services/site/config.js';
import { readSettingsFile } from '../services/site/settings-file.js';

try {
  readSettingsFile();
  const { dataDir, mongoUrl } = parseConfig(process.env);
  if (mongoUrl !== null) throw new Error('MONGO_URL is set: ask that database (`validate` in mongosh)');
  const { whole, problems, collections } = await checkStore({ dir: dataDir });
  for (const { name, documents, bytes, indexes } of collections)
    console.log(`${name}: ${documents} documents, ${bytes} bytes, ${indexes} indexes`);
  for (const problem of problems) console.log(`NOT WHOLE: ${problem}`);
  console.log(
    whole ? `The store in ${dataDir} is whole.` : `The store in ${dataDir} is damaged; see docs/operations.md.`,
  );
  process.exitCode = whole ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
