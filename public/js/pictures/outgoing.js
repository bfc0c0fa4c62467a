/** What chooses, keeps and sends the reader's pictures: one part of a page, loaded with the first of them. */
import { createAttachment } from './attachment.js';
import { createPictureOutbox } from './picture-outbox.js';
import { sweepPictures } from './sweep-pictures.js';

export const outgoing = { createAttachment, createPictureOutbox, sweepPictures };
