/** A page with nothing live on it but the header: the error pages. */
import { initHeader } from './header.js';
import { ready } from './dom.js';

initHeader();
ready();
