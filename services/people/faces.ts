/** Faces of visitors, drawn by the same code on the server and in the browser. */
export { faceSvg } from '../../shared/face.js';
export { readable } from '../../shared/readable.js';
export { tellApart } from '../../shared/tell-apart.js';
