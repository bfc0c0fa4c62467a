/** Templates that the build has compiled are used as long as they are what is in the folder. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import nunjucks from 'nunjucks';
import { compileViews, viewLoader } from '../../controllers/site/views.js';
import { temporaryFolder } from '../support/site.js';

describe('compiled templates', () => {
  let dir: string;
  const render = (loader: nunjucks.ILoader) => new nunjucks.Environment(loader).render('page.html', { name: '<you>' });

  beforeEach(async () => {
    dir = await temporaryFolder();
    await mkdir(path.join(dir, 'macros'));
    await writeFile(path.join(dir, 'macros/hello.html'), '{% macro hello(name) %}Hello {{ name }}{% endmacro %}');
    await writeFile(path.join(dir, 'page.html'), '{% from "macros/hello.html" import hello %}<p>{{ hello(name) }}</p>');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('draw what the templates say, without looking for them', async () => {
    const file = path.join(dir, 'views.cjs');
    compileViews(dir, file);
    const loader = viewLoader(dir, file);
    await rm(path.join(dir, 'page.html'));
    assert.equal(render(loader), '<p>Hello &lt;you&gt;</p>');
  });

  it('are passed over once a template has changed', async () => {
    const file = path.join(dir, 'views.cjs');
    compileViews(dir, file);
    await writeFile(path.join(dir, 'page.html'), 'changed');
    assert.equal(render(viewLoader(dir, file)), 'changed');
  });

  it('are not needed', () => {
    assert.equal(render(viewLoader(dir, path.join(dir, 'none.cjs'))), '<p>Hello &lt;you&gt;</p>');
  });
});
