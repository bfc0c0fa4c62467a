/** The return code of a consultation, which the server cannot say twice: kept where it was made, until another is made. */
import { keep, recall } from '../ui/store.js';

/** @param {string} session */
const codeKey = (session) => `gif-chat:return-code:${session}`;

/** @param {string} session @param {string} code */
export const keepCode = (session, code) => keep('local', codeKey(session), code);

/** The case is another browser's now. @param {string} session */
export const forgetCode = (session) => keep('local', codeKey(session), undefined);

/** @param {string} session @returns {string} '' when this browser does not know it */
export const recallCode = (session) => recall('local', codeKey(session), '');
