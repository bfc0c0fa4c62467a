/** Faces as pages draw them: the same functions as the browser's. */
export { faceSvg } from '../../shared/face.js';
export { readable } from '../../shared/readable.js';
export { tellApart, tooClose } from '../../shared/tell-apart.js';
