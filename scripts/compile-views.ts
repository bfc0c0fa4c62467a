/** Part of the build, after tsc: the templates of views/ into dist/views.cjs, the icons of public/icons.json into dist/icons.svg. */
import { compileViews } from '../controllers/site/views.js';
import { buildIcons } from '../services/site/icons.js';

compileViews();
buildIcons();
