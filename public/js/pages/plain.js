/** A page with nothing live on it but the header: the error pages. */
import { initHeader } from '../components/header.js';
import { ready } from '../lib/dom.js';

initHeader();
ready();
