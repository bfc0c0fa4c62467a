/**
 * One image on its way up, with progress and a way to stop it: fetch cannot tell how much was sent, so XMLHttpRequest.
 */
import { base } from '../ui/dom.js';
import { ApiError, refusal } from './errors.js';

/**
 * @template T
 * @param {string} path below the site's base
 * @param {FormData} form
 * @param {(percent: number) => void} onProgress
 * @returns {{ done: Promise<T>, abort: () => void }}
 */
export function upload(path, form, onProgress) {
  const call = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    call.open('POST', base + path);
    call.setRequestHeader('Accept', 'application/json');
    call.timeout = 120_000;
    call.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(Math.round((event.loaded / event.total) * 100));
    });
    call.addEventListener('load', () => {
      if (call.status < 200 || call.status >= 300) {
        reject(refusal(call.status, call.responseText, call.getResponseHeader('Retry-After')));
        return;
      }
      try {
        resolve(JSON.parse(call.responseText));
      } catch {
        reject(new ApiError('internal', call.status));
      }
    });
    call.addEventListener('error', () => reject(new ApiError('offline', 0)));
    call.addEventListener('timeout', () => reject(new ApiError('timeout', 0)));
    call.addEventListener('abort', () => reject(new ApiError('aborted', 0)));
    call.send(form);
  });
  return { done, abort: () => call.abort() };
}
