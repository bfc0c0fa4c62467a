/**
 * `npm run screenshots`: every page and state, phone and desktop, light and dark, Korean and English, from a seeded site
 * into screenshots/ (not in git). `npm run screenshots -- chat` takes only states whose name begins so;
 * `-- --tour` refreshes the pictures of the README in docs/pictures/.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { guestFor, setStage, STATES } from '../test/support/states.js';
import { ADMIN_PASSWORD } from '../test/support/admin-states.js';
import { launchBrowser, SIZES } from '../test/support/browser.js';
import { DESK_PASSWORD } from '../test/support/consultant.js';
import { startSite } from '../test/support/site.js';
import { ROOT } from '../services/site/root.js';

const LANGS = ['ko', 'en'] as const;
const TOUR = new Set([
  'rooms-desktop-light-en',
  'chat-desktop-light-en',
  'chat-phone-dark-ko',
  'room-new-phone-light-en',
]);

const args = process.argv.slice(2);
const tour = args.includes('--tour');
const only = args.find((arg) => !arg.startsWith('--')) ?? '';
const folder = path.join(ROOT, tour ? 'docs/pictures' : 'screenshots');
if (!tour && only === '') await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const browser = await launchBrowser();
let taken = 0;
for (const lang of LANGS) {
  const site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD, ADMIN_PASSWORD });
  const stage = await setStage(site, lang);
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const state of STATES.filter(({ name }) => name.startsWith(only))) {
        const name = `${state.name}-${size}-${colorScheme}-${lang}`;
        if (tour && !TOUR.has(name)) continue;
        const dress = {
          viewport,
          colorScheme,
          deviceScaleFactor: size === 'phone' ? 2 : 1,
          reducedMotion: 'reduce',
        } as const;
        const { context, page, complaints } = await guestFor(browser, lang, dress);
        await state.show(page, stage);
        await page.waitForTimeout(400); // pictures only: let fonts and images settle
        await page.screenshot({ path: path.join(folder, `${name}.png`) });
        if (complaints.length > 0 && state.name !== 'chat-offline') console.log(`${name}: ${complaints.join('; ')}`);
        await context.close();
        taken++;
      }
    }
  }
  await stage.close();
  await site.close();
}
await browser.close();
console.log(`${taken} pictures in ${path.relative(process.cwd(), folder)}`);
process.exit(0);
