/** Faces as pages draw them: one function with the browser's (public/js/lib/face.js). */
export { faceSvg, readable, tellApart, tooClose } from '../../shared/face.js';
