/**
 * A photo over the limit is made smaller before it is sent, so that a phone's pictures just work. Only JPEG and PNG:
 * a canvas would stop a GIF or WebP from moving.
 */
const LONG_SIDE = 2048;

/**
 * @param {File} file
 * @param {number} limit bytes
 * @returns {Promise<File>} the file itself when nothing is to be done, or can be
 */
export async function shrink(file, limit) {
  if (file.size <= limit || !/^image\/(jpeg|png)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.86));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file;
  }
}
