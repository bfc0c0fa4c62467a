/** The page with the list of rooms, and a GIF of 2 MB. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { requestBytes } from '../clients/http.js';
import { createRooms, visitors } from '../clients/visitors.js';
import type { Row } from '../figures.js';
import type { Target } from '../target.js';
import { bySize, type Case, derived, withTargets } from './bench.js';
import { askingRows, type Question } from './asking.js';
import { fillRoom } from './scenes.js';

const FEW = 50;
/** Pages until templates and queries are compiled; a few images, which are native code. */
const PAGES_WARM_UP = 150;
const UPLOADS_WARM_UP = 3;

export const lists: Case = {
  name: 'lists',
  about: 'the page with the list of rooms: 50 and 10,000 (--quick: 500) rooms',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets) => {
      const many = bySize(bench, 500, 10_000);
      const rows: Row[][] = [];
      for (const [from, to] of [
        [0, FEW],
        [FEW, many],
      ] as const) {
        const questions = await Promise.all(targets.map((target) => listWith(target, to - from)));
        rows.push(
          await askingRows(bench, `list of ${to.toLocaleString('en')} rooms`, 'page', questions, PAGES_WARM_UP),
        );
      }
      const [short, long] = rows.map(([p50]) => p50);
      if (!short || !long) return rows.flat();
      const about = {
        case: 'list of rooms',
        state: 'warm',
        name: 'many against few',
        unit: 'x',
        better: 'less',
      } as const;
      return [...rows.flat(), derived(long, short, about, (slow, quick) => slow / quick)];
    }),
};

export const upload: Case = {
  name: 'upload',
  about: 'a GIF of 2 MB, one after another, in a room of 2',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const gif = await largeGif();
      const questions: Question[] = [];
      for (const target of targets) {
        const cookies = await visitors(target.url, 2);
        const { room } = await fillRoom(target, load, cookies, 2, 0);
        const bytes = requestBytes(target.url, 'POST', `/room/${room}/gif`, { cookie: cookies[0] ?? '', ...form(gif) });
        questions.push({ target, bytes });
      }
      return askingRows(
        bench,
        `upload of a GIF, ${(gif.length / 1e6).toFixed(1)} MB`,
        'upload',
        questions,
        UPLOADS_WARM_UP,
      );
    }),
};

/** Make more rooms, and ask for the list. */
async function listWith(target: Target, more: number): Promise<Question> {
  const cookies = await visitors(target.url, 10);
  await createRooms(target.url, cookies, more);
  const bytes = requestBytes(target.url, 'GET', '/', { cookie: cookies[0] ?? '', accept: 'text/html' });
  return { target, bytes };
}

/** A multipart form with the file as the field `gif`. */
function form(file: Buffer): { type: string; body: Buffer } {
  const boundary = 'bench-boundary';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="gif"; filename="noise.gif"\r\nContent-Type: image/gif\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

/** An animation of noise, which no encoder makes small; made once and kept with the machine's temporary files. */
async function largeGif(): Promise<Buffer> {
  const file = path.join(tmpdir(), 'gif-bench-2mb.gif');
  if (await stat(file).catch(() => null)) return readFile(file);
  const [width, height, pages] = [320, 240, 22];
  const raw = { width, height: height * pages, channels: 3, pageHeight: height } as const;
  const gif = await sharp(randomBytes(width * height * pages * 3), { raw })
    .gif()
    .toBuffer();
  await writeFile(file, gif);
  return gif;
}
