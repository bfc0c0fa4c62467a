/** The starter set of the GIF shelf: shelf/reactions/, drawn by scripts/draw-shelf.ts. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../site/root.js';
import type { ShelfGif } from './shelf-gif.js';

/** The starter set's name. */
const SET = 'reactions';

interface Named {
  name: string;
  tags: string[];
}

/** shelf/reactions/index.json: the square GIFs' side in pixels, and what each shows. */
interface Index {
  size: number;
  gifs: Record<string, { en: Named; ko: Named }>;
}

/** Read what there is: the files stay on the disk. */
export function starterSet(): ShelfGif[] {
  const folder = path.join(ROOT, 'shelf', SET);
  const { size, gifs } = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as Index;
  return Object.entries(gifs).map(([name, { en, ko }]) => {
    const file = path.join(folder, `${name}.gif`);
    const { size: bytes, mtimeMs } = statSync(file);
    return {
      id: `${SET}/${name}`,
      set: SET,
      name: { en: en.name, ko: ko.name },
      tags: [en.name, ko.name, ...en.tags, ...ko.tags],
      extension: 'gif',
      width: size,
      height: size,
      bytes,
      version: `${bytes.toString(36)}${Math.round(mtimeMs).toString(36)}`,
      moving: { path: file, type: 'image/gif' },
      still: { path: path.join(folder, `${name}.png`), type: 'image/png' },
    };
  });
}
