/**
 * The operator's GIFs: `DATA_DIR/shelf/<set>/<name>.<gif, png, jpg or webp>`. Each is judged and made anew by the decoder, once for its content;
 * what was made lies in `.made` beside the sets, so that a start decodes nothing again. Broken ones are logged and left
 * out. The words of a file's name are its tags.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../site/errors.js';
import type { Log } from '../site/log.js';
import { noneIfMissing } from '../site/missing.js';
import type { EncodedImage } from './codec.js';
import type { Decoder } from './decoder.js';
import type { ShelfGif } from './shelf-gif.js';

/** GIFs of all sets together, and characters of a set's and of a GIF's name. */
const GIFS_MAX = 1_000;
const NAME_MAX = 80;
const PICTURE = /\.(?:gif|png|jpe?g|webp)$/i;

interface Deps {
  /** DATA_DIR/shelf. */
  dir: string;
  decoder: Decoder;
  log: Log;
  /** Bytes that one file may have. */
  maxBytes: number;
}

/** A file that is there, before anybody has looked into it. */
interface Found {
  set: string;
  file: string;
  /** Path, size and time of change as one text: another one is judged anew. */
  state: string;
  bytes: number;
}

/** What the decoder made of a file, with its bytes. */
type Made = EncodedImage & { bytes: number };

export class ShelfFolder {
  /** Those that can be sent, by their state; null: refused. */
  #known = new Map<string, ShelfGif | null>();
  #stopped = false;

  constructor(private readonly deps: Deps) {}

  get gifs(): ShelfGif[] {
    return [...this.#known.values()].filter((gif) => gif !== null);
  }

  /** Judge what is new, forget what is gone. @returns whether anything changed. */
  async look(): Promise<boolean> {
    const found = await this.#files();
    const before = this.#known;
    const known = new Map<string, ShelfGif | null>();
    let isChanged = false;
    for (const one of found) {
      if (this.#stopped) return false;
      const gif = before.has(one.state) ? before.get(one.state) : await this.#judge(one);
      if (gif !== undefined) known.set(one.state, gif);
      isChanged ||= !before.has(one.state);
    }
    this.#known = known;
    return isChanged || known.size !== before.size;
  }

  stop(): void {
    this.#stopped = true;
    this.deps.decoder.stop();
  }

  /** The pictures of all sets, in the order of their names. */
  async #files(): Promise<Found[]> {
    const { dir, log } = this.deps;
    const found: Found[] = [];
    for (const set of await namesIn(dir)) {
      for (const file of await namesIn(path.join(dir, set))) {
        const at = path.join(dir, set, file);
        const { size: bytes, mtimeMs } = await stat(at).catch(() => ({ size: 0, mtimeMs: 0 }));
        if (PICTURE.test(file) && bytes > 0) found.push({ set, file, state: `${at} ${bytes} ${mtimeMs}`, bytes });
      }
    }
    if (found.length > GIFS_MAX)
      log.warn({ found: found.length }, `only the first ${GIFS_MAX} GIFs of the shelf are kept`);
    return found.slice(0, GIFS_MAX);
  }

  /** @returns null for what will never do; undefined for what is to be tried again. */
  async #judge(one: Found): Promise<ShelfGif | null | undefined> {
    const { dir, log, maxBytes } = this.deps;
    const refuse = (why: string) => {
      log.warn({ file: path.join(dir, one.set, one.file), why }, 'a GIF of the shelf is left out');
      return null;
    };
    if (one.bytes > maxBytes) return refuse('image_too_large');
    const key = createHash('sha256').update(one.state).digest('hex').slice(0, 32);
    try {
      return gifOf(one, path.join(dir, '.made', key), await this.#make(one, path.join(dir, '.made', key)));
    } catch (error) {
      if (this.#stopped) return undefined;
      const code = error instanceof AppError ? error.code : 'internal';
      if (code.startsWith('image_')) return refuse(code);
      log.warn({ err: error, file: one.file }, 'a GIF of the shelf could not be judged and is tried again');
      return undefined;
    }
  }

  /** What was made of a file earlier, or now. The description is written last: what has one is whole. */
  async #make({ set, file }: Found, made: string): Promise<Made> {
    const { dir, decoder } = this.deps;
    const known = await readFile(`${made}.json`, 'utf8').catch(noneIfMissing(null));
    if (known !== null) return JSON.parse(known) as Made;
    await mkdir(path.dirname(made), { recursive: true, mode: 0o700 });
    try {
      const job = { source: path.join(dir, set, file), target: `${made}.new`, still: `${made}.still.webp` };
      const image = await decoder.encode(job, () => undefined);
      await rename(`${made}.new`, `${made}.${image.extension}`);
      const whole = { ...image, bytes: (await stat(`${made}.${image.extension}`)).size };
      await writeFile(`${made}.json`, JSON.stringify(whole), { mode: 0o600 });
      return whole;
    } finally {
      await rm(`${made}.new`, { force: true });
    }
  }
}

/** The visible names in a folder that can be an address; none where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    return noneIfMissing<string[]>([])(error);
  });
  return names.filter((name) => /^[^.\p{C}][^\p{C}]*$/u.test(name) && name.length <= NAME_MAX).sort();
}

function gifOf({ set, file }: Found, made: string, image: Made): ShelfGif {
  const name = file.replace(PICTURE, '').normalize('NFC');
  const words = name.split(/[\s_.-]+/u).filter((word) => word !== '');
  const shown = words.join(' ');
  const { type, ...shape } = image;
  return {
    id: `${set.normalize('NFC')}/${name}`,
    set: set.normalize('NFC'),
    name: { en: shown, ko: shown },
    tags: [shown, ...words, set.normalize('NFC')],
    ...shape,
    version: path.basename(made).slice(0, 12),
    moving: { path: `${made}.${shape.extension}`, type },
    still: { path: `${made}.still.webp`, type: 'image/webp' },
  };
}
