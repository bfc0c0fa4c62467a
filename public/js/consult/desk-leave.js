/** Ending a case and signing out, each asked about first where a visitor would be left without an answer. */
import { confirm } from '../ui/confirm.js';
import { need, on } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** "End this consultation?" */
export const sureToEnd = () =>
  confirm({
    title: t('consult.end_title'),
    text: t('consult.end_text'),
    yes: t('consult.end_yes'),
    no: t('consult.end_no'),
  });

/** @param {{ isBusy: () => boolean, leaving: (isLeaving: boolean) => void }} parts `isBusy`: there are visitors in conversation */
export function initSignOut({ isBusy, leaving }) {
  return on(need('[data-sign-out]', HTMLFormElement), 'submit', async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    if (!isBusy()) return leaving(true);
    event.preventDefault();
    const sure = await confirm({
      title: t('desk.sign_out_title'),
      text: t('desk.sign_out_text'),
      yes: t('desk.sign_out_yes'),
      no: t('desk.sign_out_no'),
    });
    leaving(sure);
    if (sure) form.submit();
  });
}
