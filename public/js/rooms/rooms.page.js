/** The list of rooms. */
import { initAges } from '../ui/ages.js';
import { initHeader } from '../ui/header.js';
import { ready } from '../ui/dom.js';
import { initRoomList } from './room-list.js';

initHeader();
initAges();
initRoomList();

// The error of ?error= was said once: a reload or a shared address does not repeat it.
if (new URLSearchParams(location.search).has('error')) {
  const address = new URL(location.href);
  address.searchParams.delete('error');
  history.replaceState(null, '', address);
}
ready();
