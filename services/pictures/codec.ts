/**
 * What an image may be, and how it is made anew: judged by its content, decoded and encoded again, so that metadata,
 * trailing bytes and scripts are gone while the animation stays. Only the decoder process loads this file.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { isDiskFull } from '../site/disk-full.js';
import { AppError } from '../site/errors.js';
import { flashes } from './flashes.js';

/**
 * The limits of one image: pixels a side, frames, pixels of all frames and of one, seconds. An animation at its limit costs
 * about two and a half seconds of CPU.
 */
const IMAGE = { side: 4_096, frames: 300, pixels: 25_000_000, framePixels: 16_000_000, seconds: 10 } as const;

const ENCODERS = {
  gif: { extension: 'gif', type: 'image/gif', encode: (image: Sharp) => image.gif() },
  png: { extension: 'png', type: 'image/png', encode: (image: Sharp) => image.png() },
  jpeg: { extension: 'jpg', type: 'image/jpeg', encode: (image: Sharp) => image.jpeg({ quality: 86 }) },
  webp: { extension: 'webp', type: 'image/webp', encode: (image: Sharp) => image.webp({ quality: 86 }) },
} as const;
type Format = keyof typeof ENCODERS;
const isFormat = (format: unknown): format is Format => typeof format === 'string' && Object.hasOwn(ENCODERS, format);

export interface EncodedImage {
  /** Of the file's name, without the dot. */
  extension: string;
  /** MIME type. */
  type: string;
  /** Of one frame, upright. */
  width: number;
  height: number;
  /** It flashes more than WCAG 2.3.1 allows (flashes.ts). */
  flashes?: true;
}

/** Side of the picture that is looked at for flashes, in pixels: finer patterns do not count. */
const FLASH_SIDE = 32;
/** The longer side of a still at the most. */
const STILL_SIDE = 200;

// Every decoder that is not needed is shut. One thread an image, and no memory of earlier ones.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadPng', 'VipsForeignLoadNsgif', 'VipsForeignLoadJpeg', 'VipsForeignLoadWebp'],
});

/**
 * Decode one file and encode it anew into another. Limits are checked on the header, before a pixel is decoded.
 * @param still where its first frame goes, small, as WebP.
 * @throws AppError image_unsupported, image_too_complex, image_broken; what the disk throws when it is full.
 */
export async function encodeAnew(source: string, target: string, still?: string): Promise<EncodedImage> {
  const options = { limitInputPixels: IMAGE.pixels, failOn: 'error', animated: true } as const;
  const header = await headerOf(source);
  const { format, width, height: sheet, pages = 1, pageHeight } = header;
  if (!isFormat(format)) throw new AppError('image_unsupported');
  const height = pageHeight ?? sheet;
  if (
    Math.max(width, height) > IMAGE.side ||
    width * height > IMAGE.framePixels ||
    pages > IMAGE.frames ||
    width * height * pages > IMAGE.pixels
  ) {
    throw new AppError('image_too_complex');
  }
  const { extension, type, encode } = ENCODERS[format];
  try {
    const image = sharp(source, options).timeout({ seconds: IMAGE.seconds });
    const upright = format === 'jpeg' || (format === 'webp' && pages === 1) ? image.autoOrient() : image;
    const info = await encode(upright).toFile(target);
    if (still !== undefined) await makeStill(source, still);
    const flash = pages > 1 && (await hasFlashes(source, header));
    return {
      extension,
      type,
      width: info.width,
      height: info.pageHeight ?? info.height,
      ...(flash ? { flashes: true } : {}),
    };
  } catch (error) {
    if (isDiskFull(error)) throw error;
    const slow = error instanceof Error && error.message.includes('timeout');
    throw new AppError(slow ? 'image_too_complex' : 'image_broken', {}, { cause: error });
  }
}

/** A second look at the same frames, small: its cost is that of decoding them. */
async function hasFlashes(source: string, { delay = [], loop = 0, pages = 1 }: Metadata): Promise<boolean> {
  const { data } = await sharp(source, { limitInputPixels: IMAGE.pixels, failOn: 'error', animated: true })
    .timeout({ seconds: IMAGE.seconds })
    .resize({ width: FLASH_SIDE, height: FLASH_SIDE, fit: 'fill' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const delays = Array.from({ length: pages }, (_, page) => delay[page] ?? 0);
  return flashes({ pixels: data, pixelsPerFrame: FLASH_SIDE * FLASH_SIDE, delays, loops: loop !== 1 });
}

async function makeStill(source: string, target: string): Promise<void> {
  await sharp(source, { limitInputPixels: IMAGE.pixels, failOn: 'error' })
    .timeout({ seconds: IMAGE.seconds })
    .autoOrient()
    .resize({ width: STILL_SIDE, height: STILL_SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toFile(target);
}

async function headerOf(source: string): Promise<Metadata> {
  try {
    return await sharp(source, { limitInputPixels: false, failOn: 'error', animated: true }).metadata();
  } catch (error) {
    throw new AppError('image_unsupported', {}, { cause: error });
  }
}
