/** Sizes of pictures. Pure. */

/**
 * The size at which a picture stands in the log: inside 360 by 400, never enlarged. views/macros/message.html does the same.
 * @param {{ width: number, height: number }} picture
 */
export function fit({ width, height }) {
  const scale = Math.min(1, 360 / width, 400 / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * The size at which a picture is looked at: as large as the space lets it, at most twice its own.
 * @param {{ width: number, height: number }} picture
 * @param {{ width: number, height: number }} space
 */
export function enlarge({ width, height }, space) {
  const scale = Math.min(2, space.width / width, space.height / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * 5242880 -> "5 MB".
 * @param {number} bytes
 */
export function sizeText(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '')} MB`;
}
