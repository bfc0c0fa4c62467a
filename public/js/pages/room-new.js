/** The new-room form. */
import { initHeader } from '../components/header.js';
import { ready } from '../lib/dom.js';
import { initPasswordField } from '../components/password-field.js';
import { initRoomForm } from '../components/room-form.js';

initHeader();
initPasswordField();
initRoomForm();
ready();
