/** Faces of visitors, drawn by the same code on the server and in the browser. */
import { faceSvg } from '../../shared/face.js';

export { accent } from '../../shared/readable.js';
export { tellApart } from '../../shared/tell-apart.js';

/** Faces that are kept, of some 350 characters each: a page of the list shows up to four hundred. */
const KEPT_MAX = 2_000;
const kept = new Map<string, string>();

type Face = Parameters<typeof faceSvg>[0];

/** A face as SVG, drawn once as long as it is remembered. @param size pixels. @param title see shared/face.js. */
export function keptFace(face: Face, size: number, { title }: { title?: string } = {}): string {
  const key = `${face.id} ${face.color} ${face.shift ?? 0} ${size} ${title ?? ''}`;
  let drawn = kept.get(key);
  if (drawn === undefined) {
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(key, (drawn = faceSvg(face, size, title === undefined ? {} : { title })));
  }
  return drawn;
}
