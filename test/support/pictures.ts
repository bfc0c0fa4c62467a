/** Pictures to upload: real ones by sharp, and by hand those that no encoder would make. */
import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const RED = { r: 220, g: 40, b: 40 };

const canvas = (width: number, height: number, background = RED) =>
  sharp({ create: { width, height, channels: 3, background } });

/** A picture that is not all of one colour, so that a turned or cut one is seen. The left third is blue. */
async function striped(width: number, height: number) {
  const blue = await canvas(Math.max(1, Math.floor(width / 3)), height, { r: 20, g: 40, b: 220 })
    .png()
    .toBuffer();
  // Overlaying needs no decoder but PNG's, which the site leaves open.
  return sharp(
    await canvas(width, height)
      .composite([{ input: blue, left: 0, top: 0 }])
      .png()
      .toBuffer(),
  );
}

export const png = async (width = 30, height = 20) => (await striped(width, height)).png().toBuffer();
export const jpeg = async (width = 30, height = 20) => (await striped(width, height)).jpeg().toBuffer();
export const webp = async (width = 30, height = 20) => (await striped(width, height)).webp().toBuffer();
export const gif = async (width = 30, height = 20) => (await striped(width, height)).gif().toBuffer();

/** A picture that no encoder makes small: about three bytes a pixel. */
export const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

/** An animation whose frames differ. */
export async function animated(format: 'gif' | 'webp', frames = 3, width = 24, height = 16): Promise<Buffer> {
  const pictures = await Promise.all(
    Array.from({ length: frames }, (_, index) =>
      canvas(width, height, { r: (index * 80) % 256, g: 90, b: 200 - ((index * 60) % 200) })
        .png()
        .toBuffer(),
    ),
  );
  const joined = sharp(pictures, { join: { animated: true } });
  const delay = Array<number>(frames).fill(120);
  return format === 'gif' ? joined.gif({ delay, loop: 0 }).toBuffer() : joined.webp({ delay, loop: 0 }).toBuffer();
}

/** Black and white in turns, each for so many milliseconds; `part` of the picture, the rest stays grey. */
export async function blinking(ms: number, part = 1): Promise<Buffer> {
  const [width, height] = [100, 50];
  const grey = { r: 128, g: 128, b: 128 };
  const frame = async (background: typeof grey) => {
    const input = await canvas(Math.round(width * part), height, background)
      .png()
      .toBuffer();
    return canvas(width, height, grey)
      .composite([{ input, left: 0, top: 0 }])
      .png()
      .toBuffer();
  };
  const frames = [await frame({ r: 0, g: 0, b: 0 }), await frame({ r: 255, g: 255, b: 255 })];
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [ms, ms], loop: 0 })
    .toBuffer();
}

/** A photo as a phone takes it: lying on its side, with the place, the maker and a comment inside. */
export async function phonePhoto(canary: string, width = 60, height = 40): Promise<Buffer> {
  const plain = await (
    await striped(width, height)
  )
    .withExif({
      IFD0: { Make: canary, Orientation: '6', ImageDescription: canary },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '37/1 33/1 59/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '126/1 58/1 41/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const comment = Buffer.from(canary);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(comment.length + 2);
  const xmp = Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${canary}</x:xmpmeta>`);
  const xmpLength = Buffer.alloc(2);
  xmpLength.writeUInt16BE(xmp.length + 2);
  return Buffer.concat([
    plain.subarray(0, 2),
    Buffer.from([0xff, 0xfe]),
    length,
    comment,
    Buffer.from([0xff, 0xe1]),
    xmpLength,
    xmp,
    plain.subarray(2),
    Buffer.from(`<script>alert("${canary}")</script>`),
  ]);
}

/** One PNG chunk. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of one bit a pixel: as wide and high as one likes, in a few bytes a row. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  return Buffer.concat([PNG_HEAD, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** The same with a text chunk and bytes behind its end. */
export async function pngWithText(canary: string): Promise<Buffer> {
  const plain = await png();
  const afterHeader = PNG_HEAD.length + 25;
  return Buffer.concat([
    plain.subarray(0, afterHeader),
    chunk('tEXt', Buffer.from(`Comment\0${canary}`)),
    chunk('zTXt', Buffer.concat([Buffer.from('Description\0\0'), deflateSync(Buffer.from(canary.repeat(50)))])),
    plain.subarray(afterHeader),
    Buffer.from(`<html>${canary}</html>`),
  ]);
}

/** A small picture in a large file: the rest is in a chunk that readers pass over. */
export async function padded(bytes: number): Promise<Buffer> {
  const plain = await png();
  const afterHeader = PNG_HEAD.length + 25;
  const rest = chunk('paDd', randomBytes(bytes));
  return Buffer.concat([plain.subarray(0, afterHeader), rest, plain.subarray(afterHeader)]);
}

/** A GIF with a comment where it is asked for, and bytes behind its end. */
export async function gifWithComment(canary: string, where: 'before its frames' | 'before its end'): Promise<Buffer> {
  const plain = await animated('gif');
  const frame = where === 'before its end' ? plain.length - 1 : plain.indexOf(Buffer.from([0x21, 0xf9, 0x04]));
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, canary.length]), Buffer.from(canary), Buffer.alloc(1)]);
  const script = Buffer.from(`<script>${canary}</script>`);
  return Buffer.concat([plain.subarray(0, frame), comment, plain.subarray(frame), script]);
}

/** A GIF of so many frames, which claim to be of this size. */
export function gifOf(frames: number, side = 1): Buffer {
  const head = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  for (const at of [6, 8]) head.writeUInt16LE(side, at);
  for (const at of [5, 7]) frame.writeUInt16LE(side, at);
  return Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from([0x3b])]);
}

/** What a served picture says of itself. */
export const describePicture = (picture: Buffer) => sharp(picture, { animated: true }).metadata();

/** The colour at a place, from 0 to 255 each. */
export async function colourAt(picture: Buffer, x: number, y: number): Promise<[number, number, number]> {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

/** A small animated GIF, made here. */
export async function rainbowGif(): Promise<Buffer> {
  const [width, height, frames] = [240, 150, 8];
  const raw = Buffer.alloc(width * height * frames * 3);
  for (let at = 0; at < raw.length / 3; at++) {
    const [x, y, frame] = [at % width, Math.floor(at / width) % height, Math.floor(at / (width * height))];
    const turn = ((x + y) / 200 + frame / frames) * 2 * Math.PI;
    for (let channel = 0; channel < 3; channel++) raw[at * 3 + channel] = 128 + 110 * Math.sin(turn + channel * 2.1);
  }
  const image = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  return sharp(raw, { raw: image })
    .gif({ delay: Array<number>(frames).fill(120), loop: 0 })
    .toBuffer();
}
