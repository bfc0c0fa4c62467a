/** `npm run restore -- <folder>`: puts a backup into DATA_DIR and UPLOADS_DIR, which must be empty. */
import { restoreBackup } from '../services/backup/restore.js';
import { embeddedFolders, folderNamed } from '../services/backup/command.js';
import { runCommand } from '../services/site/refusal.js';

await runCommand(async () => {
  const source = folderNamed('npm run restore -- <folder>');
  const { at, documents, pictures } = await restoreBackup(embeddedFolders(), source);
  console.log(`Restored ${documents} documents and ${pictures} pictures of ${at}. Start the site.`);
  console.log('Rooms to which nobody comes back end after ROOM_GRACE_MS, as after any restart.');
});
