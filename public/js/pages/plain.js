/** A page with nothing live on it but the header: the error pages. */
import { initHeader } from '../components/header.js';

initHeader();
