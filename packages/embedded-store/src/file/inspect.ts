// Reads a store file as a whole before LMDB maps it: the structure always, every document when asked. What it costs: reading the
// pages of the trees, some 100 MB in a quarter of a second; and with the documents, about three times that.
import { existsSync } from 'node:fs';
import type { Collection } from '../storage/collection.js';
import { Damage } from './damage.js';
import { checkFreePages } from './free-pages.js';
import { PageFile } from './page-file.js';
import { byBytes, entriesOf, PageSet, type Entry } from './walk.js';
import { Tally } from './tally.js';

/**
 * Check the structure of a store file, and that there are as many documents and index entries as the catalog counts.
 * A file that is not there becomes a new store. Throws Damage.
 */
export function checkStructure(path: string): void {
  const tally = new Tally(false);
  const damage = inspect(path, tally);
  const problem = damage?.message ?? tally.problems()[0];
  if (problem !== undefined) throw new Damage(problem);
}

/** Read everything there is, go on after what is broken, and say all that is wrong with it. */
export function readAll(path: string): { problems: string[]; collections: readonly Collection[] } {
  const tally = new Tally(true);
  const problems: string[] = [];
  const damage = inspect(path, tally, ({ message }) => problems.push(message));
  if (damage) problems.push(damage.message);
  return { problems: [...problems, ...tally.problems()], collections: tally.collections };
}

/** Count the file's entries. @returns what ended the walk; with `broken`, pages are told to it and passed over. */
function inspect(path: string, tally: Tally, broken?: (damage: Damage) => void): Damage | undefined {
  let file: PageFile | undefined;
  let last: Entry | undefined;
  const placed = ({ message }: Damage) => new Damage(message + tally.placeOf(last?.key));
  try {
    file = PageFile.open(path);
    if (!file) return existsSync(path) ? new Damage('it is empty: something has emptied it') : undefined;
    const used = new PageSet(file.meta.lastPage);
    const told = broken && ((damage: Damage) => broken(placed(damage)));
    for (last of entriesOf(file, file.meta.main, used, byBytes, told)) tally.add(last);
    last = undefined;
    checkFreePages(file, used);
    return undefined;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return placed(error);
  } finally {
    file?.close();
  }
}
