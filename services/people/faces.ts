/** Faces of visitors, drawn by the same code on the server and in the browser. */
export { faceSvg, readable, tellApart } from '../../shared/face.js';
