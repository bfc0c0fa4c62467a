/** The lobby's name: asked for, and, once there is one, the parts of the page that need it. */
import { find, need, on, setText } from '../ui/dom.js';
import { sayWho } from '../ui/self.js';
import { errorText, t } from '../ui/words.js';

/** @param {{ enter: (name: string) => void, inside: (isNew: boolean) => void }} parts `enter`: take this name; `inside`: it is taken */
export function initNameForm({ enter, inside }) {
  const box = need('[data-enter]', HTMLElement);
  const form = need('[data-name-form]', HTMLFormElement);
  const field = need('input[name=name]', HTMLInputElement, form);
  const error = need('[data-error=name]', HTMLElement);

  /** Show the form, with what was wrong. @param {string} [code] */
  function show(code) {
    box.hidden = false;
    error.hidden = !code;
    setText(need('span', HTMLElement, error), code ? errorText(code) : '');
    if (code) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    field.focus();
  }

  on(form, 'submit', (event) => {
    event.preventDefault();
    enter(field.value);
  });
  on(find('[data-rename]', HTMLButtonElement), 'click', () => {
    find('[data-people-sheet]', HTMLDialogElement)?.close();
    show();
  });
  return {
    show,
    /** The reader is here under this name. @param {string} name */
    taken(name) {
      const composer = need('[data-speak]', HTMLElement);
      const isNew = Boolean(composer.hidden);
      box.hidden = true;
      error.hidden = true;
      field.removeAttribute('aria-invalid');
      composer.hidden = false;
      const leave = find('[data-leave]', HTMLElement);
      if (leave) leave.hidden = false;
      const as = need('[data-as]', HTMLElement);
      as.hidden = false;
      if (as.firstChild) as.firstChild.textContent = `${t('lobby.as', { name })} `;
      sayWho(name);
      inside(isNew);
    },
  };
}
