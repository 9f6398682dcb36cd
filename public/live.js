/**
 * Makes better what works without it.
 * - `<form data-live="results">`: what is typed or chosen in it is asked for at once, and the element with that id is
 *   replaced by the one of the answer; the address follows.
 * - `<div id="x" data-stream="/sessions/stream">`: when the stream says `changed`, the page is asked for again and the
 *   element replaced, with every element `data-with="x"` that has an id. An element `data-stream-state` in the page says
 *   when that was, and when the stream is broken. A tab that is hidden does not listen.
 * - `<div id="x" data-poll>`: is asked for again every second while something `data-running` stands in it.
 * - `<html data-locale data-zone>`: how times of the day are written.
 * - `<input data-zone>`: is filled with the browser's time zone while nobody has typed in it.
 * - `<input type="checkbox" data-all="visit">`: ticks every box of that name.
 * - `<button data-preview formtarget="...">`: pressed by itself a moment after something in its form was changed.
 * - `<input data-hotkey="/">`: that key leads to it, where nobody is typing.
 * - `<button data-copy="id" hidden>`: copies the text of that element.
 */

const WAIT_MS = 200;
const RELOAD_MS = 10_000;
const POLL_MS = 700;

const TYPED_IN = 'input:not([type="checkbox"], [type="radio"], [type="hidden"]), select, textarea';

/** Nobody did anything: such a call keeps no login alive. */
const BY_ITSELF = { headers: { accept: 'text/html', 'x-foyer-live': '1' } };

const PRESS_MOST_MS = 5000;
let press = Promise.resolve();
document.addEventListener('pointerdown', () => {
  press = new Promise((over) => {
    // After the click that it is part of, which goes to what stands there.
    for (const end of ['pointerup', 'pointercancel'])
      document.addEventListener(end, () => setTimeout(over), { once: true });
    setTimeout(over, PRESS_MOST_MS);
  });
});

/** Takes elements out of a page of ours and puts them in place of those that are here. */
async function replaceFrom(url, ids, more) {
  const answer = await fetch(url, { headers: { accept: 'text/html' }, ...more });
  if (answer.redirected && new URL(answer.url).pathname === '/login') {
    location.assign(answer.url);
    return undefined;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  await press;
  for (const id of ids) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) continue;
    const at = old.contains(document.activeElement) ? document.activeElement : undefined;
    // What somebody is typing in is not pulled away from under the hands; a button has the focus again after it.
    if (at?.matches(TYPED_IN)) continue;
    for (const one of fresh.querySelectorAll('details[id]'))
      one.open = document.getElementById(one.id)?.open ?? one.open;
    old.replaceChildren(...fresh.childNodes);
    if (at?.id) document.getElementById(at.id)?.focus({ preventScroll: true });
  }
  return answer.url;
}

for (const form of document.querySelectorAll('form[data-live]')) {
  let timer;
  let asked;
  const ask = () => {
    const url = new URL(form.action);
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
    // What must not stand in an address is sent as a form does, and the answer says where it is found again.
    const sent = form.method === 'post' ? { method: 'POST', body: fields } : {};
    if (form.method !== 'post') url.search = fields;
    asked?.abort();
    asked = new AbortController();
    replaceFrom(url, [form.dataset.live], { signal: asked.signal, ...sent }).then(
      (found) => found && history.replaceState(null, '', found),
      () => undefined,
    );
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };
  form.addEventListener('input', soon);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
}

for (const element of document.querySelectorAll('[data-stream]')) {
  const beside = [...document.querySelectorAll(`[data-with="${element.id}"]`)].map(({ id }) => id);
  const state = document.querySelector('[data-stream-state]');
  const say = (text, broken) => {
    if (!state) return;
    // A break is read out, a new time of the day is not.
    state.ariaLive = broken ? 'polite' : 'off';
    state.textContent = text;
    state.classList.toggle('broken', broken);
  };
  const { locale, zone } = document.documentElement.dataset;
  // On the clock of the site, as all times of the page are.
  const clock = () => new Date().toLocaleTimeString(locale, { timeZone: zone });
  let stream;
  let timer;
  let renewing = false;
  let again = false;
  const ask = () =>
    replaceFrom(location.href, [element.id, ...beside], BY_ITSELF).then(
      () =>
        timer === undefined
          ? say(`Live; as of ${clock()}`, false)
          : say(`As of ${clock()}. The live connection broke; the page asks again every 10 seconds.`, true),
      () => say('The connection broke. This page shows what was so before; it tries again.', true),
    );
  // One after the other: however often it is told meanwhile, it asks once more.
  const renew = async () => {
    again = true;
    if (renewing) return;
    renewing = true;
    while (again && !document.hidden) {
      again = false;
      await ask();
    }
    renewing = false;
  };
  const fallBack = () => {
    if (timer !== undefined) return;
    say('The live connection broke. The page asks again every 10 seconds.', true);
    timer = setInterval(renew, RELOAD_MS);
  };
  const mend = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const listen = () => {
    stream = new EventSource(element.dataset.stream);
    stream.addEventListener('open', () => {
      mend();
      say(`Live; as of ${clock()}`, false);
    });
    stream.addEventListener('changed', renew);
    stream.addEventListener('error', fallBack);
  };
  // Browsers have few connections for one host: who has it open in many tabs can go on working in another.
  document.addEventListener('visibilitychange', () => {
    stream?.close();
    mend();
    if (document.hidden) return;
    listen();
    renew();
  });
  if (!document.hidden) listen();
}

for (const element of document.querySelectorAll('[data-poll]')) {
  const again = () => {
    if (element.querySelector('[data-running]')) setTimeout(look, POLL_MS);
  };
  const look = () => replaceFrom(location.href, [element.id], BY_ITSELF).then(again, again);
  again();
}

for (const input of document.querySelectorAll('input[data-zone]')) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && input.value === input.defaultValue) input.value = zone;
}

for (const button of document.querySelectorAll('button[data-preview]')) {
  let timer;
  button.form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => button.form.requestSubmit(button), 2 * WAIT_MS);
  });
}

for (const box of document.querySelectorAll('input[data-all]')) {
  box.addEventListener('change', () => {
    for (const one of document.querySelectorAll(`input[name="${box.dataset.all}"]`)) one.checked = box.checked;
  });
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = 'Copied';
  });
}

for (const field of document.querySelectorAll('input[data-hotkey]')) {
  document.addEventListener('keydown', (event) => {
    const typing = /^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '');
    if (event.key !== field.dataset.hotkey || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
}
