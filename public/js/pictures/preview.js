/** What is shown of a picture before it is sent: itself, or its first frame alone for those who want nothing to move. */

/** @typedef {{ src: string, width: number, height: number }} Preview `src`: to be revoked when it is not shown any more */

/**
 * @param {Blob} file
 * @returns {Promise<Preview | null>} null for what the browser cannot show
 */
export async function previewOf(file) {
  const image = new Image();
  const src = URL.createObjectURL(file);
  image.src = src;
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(src);
    return null;
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return { src, width, height };
  const still = await firstFrame(image);
  if (!still) return { src, width, height };
  URL.revokeObjectURL(src);
  return { src: URL.createObjectURL(still), width, height };
}

/** @param {HTMLImageElement} image @returns {Promise<Blob | null>} */
function firstFrame(image) {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve));
}
