/** Part of the build, after tsc: the templates of views/ into dist/views.cjs. */
import { compileViews } from '../controllers/site/views.js';

compileViews();
