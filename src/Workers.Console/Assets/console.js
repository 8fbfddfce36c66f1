// Live updates, keys and selection. Every page and form works without this.
const body = document.body;
const root = new URL(body.dataset.root, location.href);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const typing = target => target.closest?.('input, textarea, select, [contenteditable]');

// --- live: the stream says that something happened; the page is loaded again and its live parts are put in place -------------------------
const held = part => part.querySelector('details[open].act, dialog[open], input:checked')
  || (part.contains(document.activeElement) && typing(document.activeElement))
  || (getSelection().type === 'Range' && getSelection().containsNode(part, true));

let paused = sessionStorage.getItem('workers-paused') === 'yes';
let stream = null;
let loading = false;
let again = false;
const state = document.getElementById('live-state');
const say = text => { if (state && state.textContent !== text) state.textContent = text; };

async function load() {
  if (loading) { again = true; return; }
  loading = true;
  try {
    const answer = await fetch(location.href, { credentials: 'same-origin', redirect: 'manual' });
    if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    say('No connection');
  } finally {
    loading = false;
    if (again) { again = false; load(); }
  }
}

function put(page) {
  let waits = 0;
  // What a form is sent with is the newest, whoever has signed in since it was loaded. It is another in each page, as is what a form is called: that alone is no news.
  const token = page.querySelector('input[name=form_token]')?.getAttribute('value');
  if (token) all('input[name=form_token]').forEach(one => one.setAttribute('value', token));
  const told = part => part.innerHTML.replace(/ name="(form_token|once)" value="[^"]*"/g, '');
  for (const part of all('[data-live]')) {
    const fresh = page.getElementById(part.id);
    if (!fresh || told(fresh) === told(part)) continue;
    if (held(part)) { waits++; continue; }
    const open = new Set(all('details[open][id]', part).map(one => one.id));
    const focus = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute('href') : null;
    const row = all('tbody tr', part).findIndex(one => one.classList.contains('at'));
    part.replaceChildren(...fresh.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focus) (document.getElementById(focus) ?? all('a', part).find(one => one.getAttribute('href') === focus))?.focus({ preventScroll: true });
    if (row >= 0) all('tbody tr', part)[row]?.classList.add('at');
  }
  say(waits ? 'Newer data waits until you have finished here' : 'Live');
}

function follow() {
  stream?.close();
  stream = null;
  if (!('stream' in body.dataset) || paused || document.hidden) return;
  stream = new EventSource(new URL('live', root));
  stream.addEventListener('hello', () => say('Live'));
  stream.addEventListener('changed', load);
  stream.addEventListener('out', () => { stream.close(); say('Signed out'); });
  stream.onerror = () => say(stream.readyState === EventSource.CLOSED ? 'Not live' : 'Connecting again');
}

const pause = document.getElementById('pause');
function pauseOrGo() {
  if (!pause) return;
  paused = !paused;
  sessionStorage.setItem('workers-paused', paused ? 'yes' : 'no');
  show();
  follow();
  if (!paused) load();
}
function show() {
  pause.setAttribute('aria-pressed', String(paused));
  if (paused) say('Paused');
}
if (pause) {
  pause.parentElement.hidden = false;
  pause.addEventListener('click', pauseOrGo);
  show();
}
document.addEventListener('visibilitychange', () => { follow(); if (!document.hidden && !paused && 'stream' in body.dataset) load(); });
addEventListener('pagehide', () => stream?.close());
addEventListener('pageshow', follow);

// --- keys ------------------------------------------------------------------------------------------------------------------------------
const rows = () => all('main tbody tr').filter(row => row.querySelector('a'));
function move(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.findIndex(row => row.classList.contains('at'));
  const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))];
  list.forEach(row => row.classList.toggle('at', row === next));
  next.querySelector('a').focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

let afterG = 0;
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    const open = document.activeElement?.closest?.('details.act[open]') ?? document.querySelector('details.act[open]');
    if (open) { open.removeAttribute('open'); open.querySelector('summary').focus(); } else document.activeElement?.blur?.();
    return;
  }
  if (typing(event.target)) return;
  if (afterG && Date.now() - afterG < 1500) {
    afterG = 0;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  const does = {
    g: () => { afterG = Date.now(); },
    '/': () => document.querySelector('.search input')?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => document.querySelector('tr.at input[type=checkbox]')?.click(),
    p: pauseOrGo,
    '?': () => { location.href = new URL('keyboard', root); },
  }[event.key];
  if (does) { event.preventDefault(); does(); }
});

// --- forms -----------------------------------------------------------------------------------------------------------------------------
// One click sends one form.
document.addEventListener('submit', event => {
  const button = event.submitter;
  if (event.target.method === 'post' && button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 10000); });
});
// Whoever comes back to a page means it anew.
addEventListener('pageshow', event => {
  if (event.persisted) all('input[name=once]').forEach(one => { one.value = [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join(''); });
});
// An opened form begins with its first field.
document.addEventListener('toggle', event => {
  if (event.target.matches?.('details.act[open]')) event.target.querySelector('form input:not([type=hidden]), form textarea, form button')?.focus();
}, true);
// "Select all" and how many are selected.
all('[data-all]').forEach(box => { box.parentElement.hidden = false; });
document.addEventListener('change', event => {
  const form = event.target.closest('form');
  if (event.target.matches('[data-all]')) all('input[name=id]', document).forEach(box => { box.checked = event.target.checked; });
  const told = document.getElementById('selected');
  if (told && (event.target.name === 'id' || event.target.matches('[data-all]'))) told.textContent = `${all('input[name=id]:checked').length} selected`;
  if (form?.hasAttribute('data-preview')) preview(form);
});
document.addEventListener('input', event => { if (event.target.closest('form[data-preview]')) preview(event.target.form); });

// What a form would come to, while it is filled in.
let due = 0;
function preview(form) {
  clearTimeout(due);
  due = setTimeout(async () => {
    const into = document.getElementById(form.dataset.preview);
    const said = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.from, { method: 'POST', body: said, credentials: 'same-origin' });
      if (answer.ok) into.replaceChildren(...new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(into.id).childNodes);
    } catch { /* The button "Preview" does the same. */ }
  }, 350);
}
