/**
 * Draws the starter set of the GIF shelf: `node dist/scripts/draw-shelf.js` makes shelf/reactions/*.gif, and a still of
 * each, anew from shelf/reactions/index.json and the flat Fluent emoji (MIT; its licence lies beside the drawn files). Their
 * package is needed for this alone. Movements are slow and small, and nothing changes its brightness fast: what
 * flashes is refused.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';
import { flashes } from '../services/pictures/flashes.js';
import { ROOT } from '../services/site/root.js';

const FOLDER = path.join(ROOT, 'shelf/reactions');
const FRAMES = 16;
/** Milliseconds of one frame, and bytes that one GIF may have. */
const DELAY = 70;
const BYTES_MAX = 60 * 1024;
/** Colours of one GIF, and how many are tried for one that would be too large. */
const COLOURS = [96, 64, 40];
/** Side of the frames that are checked for flashes. */
const CHECKED = 32;
/** Side of an emoji on its 32 by 32 grid, in parts of the picture. */
const SCALE = 0.66;

interface Drawn {
  icon: string;
  motion: keyof typeof MOTIONS;
  /** Of the background. */
  hue: number;
}

interface Pose {
  x?: number;
  y?: number;
  turn?: number;
  wide?: number;
  tall?: number;
}

const wave = (t: number, times = 1) => Math.sin(2 * Math.PI * times * t);
const hop = (t: number) => Math.abs(Math.sin(Math.PI * t));

/** Where an emoji is at the time t (0 to 1 of the loop): shares of the picture's side, degrees, factors. */
const MOTIONS = {
  bounce: (t: number): Pose => {
    const high = hop(2 * t);
    const squash = 0.07 * Math.max(0, 1 - 4 * high);
    return { y: -0.13 * high, wide: 1 + squash, tall: 1 - squash };
  },
  shake: (t: number): Pose => ({ x: 0.022 * wave(t, 3), turn: 5 * wave(t, 3) }),
  pulse: (t: number): Pose => ({ wide: 1 + 0.09 * wave(t), tall: 1 + 0.09 * wave(t) }),
  spin: (t: number): Pose => ({ turn: 360 * (t - Math.sin(2 * Math.PI * t) / (2 * Math.PI)) }),
  rise: (t: number): Pose => {
    const up = (1 - Math.cos(2 * Math.PI * t)) / 2;
    return { y: 0.08 - 0.17 * up, tall: 1 + 0.05 * up, x: 0.012 * wave(t, 2) };
  },
  sway: (t: number): Pose => ({ turn: 13 * wave(t) }),
  bob: (t: number): Pose => ({ y: 0.05 * wave(t), turn: 3 * wave(t + 0.25) }),
};

/** One frame as an SVG. The emoji stands on a shadow that grows lighter and smaller with its height. */
function frame(body: string, size: number, hue: number, { x = 0, y = 0, turn = 0, wide = 1, tall = 1 }: Pose): Buffer {
  const half = (SCALE / 2) * size;
  const unit = (SCALE * size) / 32;
  const nearness = Math.min(1, Math.max(0, 1 + y * 4));
  const ground = size * 0.88;
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">
    <rect width="${size}" height="${size}" fill="hsl(${hue} 70% 92%)"/>
    <ellipse cx="${size / 2 + x * size}" cy="${ground}" rx="${half * (0.5 + 0.3 * nearness)}" ry="${size * 0.03}"
      fill="hsl(${hue} 45% ${88 - 10 * nearness}%)"/>
    <g transform="translate(${size / 2 + x * size} ${size * 0.5 + half + y * size - size * 0.02})
      scale(${wide} ${tall}) translate(0 ${-half}) rotate(${turn}) scale(${unit}) translate(-16 -16)">${body}</g>
  </svg>`);
}

async function draw(id: string, { icon, motion, hue }: Drawn, size: number, icons: Icons): Promise<number> {
  const body = icons[icon]?.body;
  if (!body) throw new Error(`the emoji set has no ${icon}`);
  const poses = Array.from({ length: FRAMES }, (_, at) => MOTIONS[motion](at / FRAMES));
  const frames = await Promise.all(
    poses.map((pose) =>
      sharp(frame(body, size, hue, pose))
        .png()
        .toBuffer(),
    ),
  );
  const file = path.join(FOLDER, `${id}.gif`);
  for (const colours of COLOURS) {
    await sharp(frames, { join: { animated: true } })
      .gif({ colours, dither: 0, effort: 10, loop: 0, delay: frames.map(() => DELAY), interFrameMaxError: 2 })
      .toFile(file);
    if (statSync(file).size <= BYTES_MAX) break;
  }
  if (statSync(file).size > BYTES_MAX) throw new Error(`${id} is too large`);
  if (await flashing(frames)) throw new Error(`${id} flashes`);
  writeFileSync(
    path.join(FOLDER, `${id}.png`),
    await sharp(frames[0]).png({ palette: true, colours: 64, effort: 10 }).toBuffer(),
  );
  return statSync(file).size;
}

async function flashing(frames: Buffer[]): Promise<boolean> {
  const small = await Promise.all(
    frames.map((one) => sharp(one).resize(CHECKED, CHECKED, { fit: 'fill' }).ensureAlpha().raw().toBuffer()),
  );
  const delays = frames.map(() => DELAY);
  return flashes({ pixels: Buffer.concat(small), pixelsPerFrame: CHECKED * CHECKED, delays, loops: true });
}

type Icons = Record<string, { body: string } | undefined>;

const packageFile = createRequire(import.meta.url).resolve('@iconify-json/fluent-emoji-flat/icons.json');
const { icons } = JSON.parse(readFileSync(packageFile, 'utf8')) as { icons: Icons };
const { size, gifs } = JSON.parse(readFileSync(path.join(FOLDER, 'index.json'), 'utf8')) as {
  size: number;
  gifs: Record<string, Drawn>;
};
let bytes = 0;
for (const [id, drawn] of Object.entries(gifs)) bytes += await draw(id, drawn, size, icons);
process.stdout.write(`${Object.keys(gifs).length} GIFs, ${Math.round(bytes / 1024)} KB\n`);
