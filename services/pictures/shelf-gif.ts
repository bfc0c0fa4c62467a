/** A GIF of the shelf, as its services know it. */

/** A file of the shelf, and its MIME type. */
export interface ShelfFile {
  path: string;
  type: string;
}

/** A GIF of the shelf with its files. */
export interface ShelfGif {
  /** `<set>/<name>`. */
  id: string;
  set: string;
  name: { en: string; ko: string };
  tags: string[];
  /** Of the moving file's name, without the dot. */
  extension: string;
  width: number;
  height: number;
  /** Of the moving file. */
  bytes: number;
  /** Changes with its content. */
  version: string;
  /** As of a stored image. */
  flashes?: true;
  moving: ShelfFile;
  still: ShelfFile;
}
