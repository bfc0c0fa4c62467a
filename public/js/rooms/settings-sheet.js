/**
 * The sheet "Room" of those in charge: the form of the page /room/:id/settings in a dialog, where a switch is saved as it
 * is moved. Loaded when it is opened first.
 */
import { request } from '../net/api.js';
import { buildDialog } from '../ui/dialog.js';
import { base, find, h, need, on, setText } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { bansSection } from './room-bans.js';
import { initRecord } from './room-record.js';
import { initReports } from './room-reports.js';
import { errorText, failureText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MemberRoomView} MemberRoomView */

const SWITCHES = /** @type {const} */ (['closedDoor', 'approval', 'listed', 'hostsOnly', 'picturesPaused']);

/** @type {HTMLDialogElement | undefined} */
let dialog;

/** Its values are read anew each time. @param {string} room */
export async function openSettings(room) {
  try {
    const answer = await fetch(`${base}/room/${room}/settings`, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const parts = find('[data-settings]', HTMLElement, page);
    if (!parts) return notice(errorText(answer.status === 403 ? 'not_host' : 'internal'));
    dialog?.remove();
    dialog = build(document.adoptNode(parts), room);
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    notice(errorText('offline'));
  }
}

/** The room is not what it was. @param {MemberRoomView} room */
export function settingsChanged(room) {
  if (!dialog?.open) return;
  const form = need('[data-settings-form]', HTMLFormElement, dialog);
  for (const name of SWITCHES) {
    const box = find(`input[type="checkbox"][name="${name}"]`, HTMLInputElement, form);
    if (box) box.checked = room[name];
  }
  for (const input of form.querySelectorAll('input[name="title"], input[name="max"], select')) {
    if (input === document.activeElement) continue;
    if (input instanceof HTMLInputElement) input.value = String(input.name === 'title' ? room.title : room.max);
    else if (input instanceof HTMLSelectElement) choose(input, room.slow);
  }
  const drop = find('[data-password-drop]', HTMLFormElement, dialog);
  if (drop) drop.hidden = !room.locked;
}

/** @param {HTMLSelectElement} select @param {number} seconds */
function choose(select, seconds) {
  if (![...select.options].some(({ value }) => value === String(seconds)))
    select.append(h('option', { value: String(seconds) }, t('settings.seconds', { count: seconds })));
  select.value = String(seconds);
}

/** @param {HTMLElement} parts @param {string} room */
function build(parts, room) {
  parts.append(bansSection({ room }));
  const box = buildDialog({ name: 'settings-sheet' }, parts);
  const form = need('[data-settings-form]', HTMLFormElement, box);
  const status = need('[data-settings-status]', HTMLElement, box);
  const save = need('.form-end', HTMLElement, form);
  save.hidden = true;
  const sections = { room, box, say: (/** @type {string} */ words) => setText(status, words) };
  initRecord(sections);
  initReports(sections);

  /** @param {object} settings @param {() => void} undo */
  async function change(settings, undo) {
    try {
      /** @type {MemberRoomView} */
      const view = await request(`/room/${room}`, { method: 'PATCH', body: settings });
      setText(status, t('settings.saved'));
      settingsChanged(view);
      return true;
    } catch (error) {
      undo();
      setText(status, failureText(error));
      return false;
    }
  }

  on(form, 'change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === 'checkbox')
      void change({ [target.name]: target.checked }, () => (target.checked = !target.checked));
    else if (target instanceof HTMLSelectElement)
      void change({ slow: Number(target.value) }, () => target.form?.reset());
    else if (target instanceof HTMLInputElement && target.reportValidity()) {
      const before = target.defaultValue;
      const value = target.type === 'number' ? Number(target.value) : target.value;
      void change({ [target.name]: value }, () => (target.value = before)).then((isSaved) => {
        if (isSaved) target.defaultValue = target.value;
      });
    }
  });
  on(form, 'submit', (event) => event.preventDefault());
  const pin = need('[data-pin-form]', HTMLFormElement, box);
  on(pin, 'submit', async (event) => {
    event.preventDefault();
    try {
      await request(`/room/${room}/pinned`, { method: 'POST', body: { text: new FormData(pin).get('text') } });
      setText(status, t('settings.saved'));
    } catch (error) {
      setText(status, failureText(error));
    }
  });
  for (const each of box.querySelectorAll('[data-password-form], [data-password-drop]'))
    on(each, 'submit', (event) => {
      event.preventDefault();
      if (!(each instanceof HTMLFormElement)) return;
      const password = new FormData(each).get('password');
      void change({ password }, () => undefined).then((isSaved) => isSaved && each.reset());
    });
  return box;
}
