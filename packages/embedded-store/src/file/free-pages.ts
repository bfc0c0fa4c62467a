// The pages that LMDB will write to next: a wrong one among them would be written over somebody's documents.
import { Damage } from './damage.js';
import type { PageFile } from './page-file.js';
import { entriesOf, type PageSet } from './walk.js';

/** Check the list of free pages against those in use. Throws Damage. */
export function checkFreePages(file: PageFile, treePages: PageSet): void {
  for (const { key, size, value } of entriesOf(file, file.meta.free, treePages, byNumber)) {
    const list = value();
    const length = size >= 8 ? list.readBigUInt64LE(0) : -1n;
    if (key.length !== 8 || length < 0n || length * 8n + 8n > size)
      throw new Damage('its list of free pages is broken');
    for (let i = 1; i <= Number(length); i++) free(file, treePages, list.readBigInt64LE(i * 8));
  }
}

/** A page number; a negative number is how many pages follow from the next one; 0 fills a gap. */
function free(file: PageFile, used: PageSet, entry: bigint): void {
  const page = Number(entry);
  if (page > 0 && (page < 2 || page > file.meta.lastPage || used.has(page)))
    throw new Damage(`its list of free pages names page ${page}, which is not free`);
}

/** Its keys are numbers of transactions. */
const byNumber = (a: Buffer, b: Buffer): number => Number(number(a) - number(b));

const number = (key: Buffer): bigint => (key.length === 8 ? key.readBigUInt64LE(0) : 0n);
