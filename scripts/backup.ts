/** `npm run backup -- <folder>`: a consistent copy of the embedded store and its pictures, while the site runs or not. */
import path from 'node:path';
import { makeBackup } from '../services/backup/backup.js';
import { embeddedFolders, folderNamed } from '../services/backup/command.js';
import { runCommand } from '../services/site/refusal.js';

await runCommand(async () => {
  const target = folderNamed('npm run backup -- <folder>');
  const { at, documents, pictures, missing } = await makeBackup(embeddedFolders(), target);
  console.log(`${path.basename(target)}: ${documents} documents and ${pictures} pictures, as they were after ${at}.`);
  if (missing > 0) console.log(`${missing} pictures that messages name were not in UPLOADS_DIR.`);
  console.log(`It is whole. It holds what was said: keep it as safe as the site, and no longer than you must.`);
});
