/** A backup in a process of its own, which waits after each copy of the store until its parent answers. */
import { once } from 'node:events';
import { makeBackup } from '../../services/backup/backup.js';
import { parseConfig } from '../../services/site/config.js';

const target = process.argv[2] ?? '';
const made = await makeBackup(parseConfig(process.env), target, {
  async onStore() {
    const answered = once(process, 'message');
    process.send?.('stored');
    await answered;
  },
});
process.send?.(made);
process.disconnect();
