// Makes schemas/site/lookalikes.ts from the confusables of Unicode TS 39, as the package unhomoglyph carries them:
// npm pack unhomoglyph && tar xzf unhomoglyph-*.tgz && node scripts/lookalikes.mjs package/data.json
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [file = 'package/data.json'] = process.argv.slice(2);
const target = path.join(import.meta.dirname, '..', 'schemas', 'site', 'lookalikes.ts');
/** What a name is folded to before its letters are looked up: schemas/site/names.ts. */
const fold = (text) => text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

/** Letter -> what it looks like. A small letter's own look goes before that of its capital. */
const looks = new Map();
for (const pass of ['small', 'capital']) {
  for (const [from, to] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) {
    const [letter, look] = [fold(from), fold(to)];
    const isOne = Array.from(from).length === 1 && Array.from(letter).length === 1;
    if (!isOne || !/^[^\0-\x7f]$/u.test(letter) || !/[\p{L}\p{N}]/u.test(letter)) continue;
    if (!/^[a-z0-9]{1,3}$/.test(look) || looks.has(letter) || (pass === 'small') !== (from === letter)) continue;
    looks.set(letter, look);
  }
}
const byLook = new Map();
for (const [letter, look] of looks) byLook.set(look, `${byLook.get(look) ?? ''}${letter}`);
const rows = [...byLook].sort(([a], [b]) => (a < b ? -1 : 1));
const lines = rows.map(([look, letters]) => `  ['${look}', '${letters}'],`);
writeFileSync(
  target,
  `/** Made by scripts/lookalikes.mjs of the confusables of Unicode TS 39 (13.0.0): what Latin letters and digits, and what looks like them. */
// prettier-ignore
export const LOOKALIKES: readonly (readonly [look: string, letters: string])[] = [
${lines.join('\n')}
];
`,
);
