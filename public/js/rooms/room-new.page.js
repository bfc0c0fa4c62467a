/** The new-room form. */
import { initHeader } from '../ui/header.js';
import { ready } from '../ui/dom.js';
import { initPasswordField } from './password-field.js';
import { initRoomForm } from './room-form.js';

initHeader();
initPasswordField();
initRoomForm();
ready();
