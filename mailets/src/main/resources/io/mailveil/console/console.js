/*
 * The console: one page over the REST interface of Mailveil, for the browser of an administrator.
 *
 * Everything that is shown is made of DOM nodes and text nodes, never of markup in strings, so nothing that a server or a mail says
 * can become part of the page. Nothing is kept but the language and, in this tab only, the token. Each view is a function that
 * returns its nodes; each change is one call, after which the part that it concerns is read anew from the server.
 */
import { words } from './words.js';

const REST = new URL('../mailveil/', import.meta.url);
const TOKEN = 'mailveil-token';
const LANGUAGE = 'mailveil-language';
const CARDS = 20;
const ROWS = 50;
const SVG = 'http://www.w3.org/2000/svg';

/* ---------------------------------------------------------------- words */

let language = storedLanguage() || (navigator.languages || [navigator.language]).map(tag => tag.split('-')[0]).find(tag => words[tag]) || 'en';

function storedLanguage() {
  const stored = localStorage.getItem(LANGUAGE);
  return words[stored] ? stored : undefined;
}

/** The text of this name in the chosen language, its {braces} filled in. */
function t(name, values = {}) {
  return (words[language][name] ?? words.en[name] ?? name).replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

/** The text for a code of the REST interface, or the code itself. */
function tCode(group, code) {
  return words[language][`${group}.${code}`] ?? String(code ?? '');
}

const moment = text => h('time', { datetime: text }, when(text, { dateStyle: 'medium', timeStyle: 'short' }));
const day = text => h('time', { datetime: text }, when(text, { dateStyle: 'medium' }));
const hour = text => when(text, { hour: '2-digit', minute: '2-digit', hour12: false });
const dayAndHour = text => when(text, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });

function when(text, options) {
  // a date without a time is that day everywhere
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  return isNaN(date) ? String(text ?? '') : new Intl.DateTimeFormat(language, options).format(date);
}

/* ---------------------------------------------------------------- nodes */

/** An element; properties that begin with "on" are listeners, true is an attribute without a value, null and false are none. */
function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** An element of a drawing. */
function s(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

const button = (text, onclick, properties = {}) => h('button', { type: 'button', onclick, ...properties }, text);

let ids = 0;
const newId = () => `n${++ids}`;

/** A labelled field; the control is made with the id and what describes it. */
function field(label, control, hint, optional) {
  const id = newId();
  const hintId = hint && `${id}-hint`;
  control.id = id;
  if (hintId) {
    control.setAttribute('aria-describedby', hintId);
  }
  return h('div', { class: 'field' },
    h('label', { for: id }, label, optional && h('span', { class: 'optional' }, t('optional'))),
    control,
    hint && h('p', { class: 'hint', id: hintId }, hint));
}

const input = (name, properties = {}) => h('input', {
  name, type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', ...properties,
});

function select(name, options, value, properties = {}) {
  const node = h('select', { name, ...properties }, options.map(([code, text]) => h('option', { value: code }, text)));
  if (options.some(([code]) => code === value)) {
    node.value = value;
  }
  return node;
}

/** A table that becomes a list of cards on a phone; the roles keep it a table for a screen reader then. */
function table(caption, columns, rows) {
  return h('table', { role: 'table', class: 'cards' },
    h('caption', { class: 'sr' }, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
      columns.map(column => h('th', { role: 'columnheader', scope: 'col' }, column)))),
    h('tbody', { role: 'rowgroup' }, rows));
}

function row(columns, ...cells) {
  return h('tr', { role: 'row' }, cells.map((cell, i) => h('td', { role: 'cell', 'data-label': columns[i] }, cell)));
}

/** An address, which may be broken before its @ rather than anywhere. */
function mail(address, kind = '') {
  const at = address.lastIndexOf('@');
  return h('span', { class: `mail ${kind}` }, address.slice(0, Math.max(at, 0)), h('wbr'), address.slice(Math.max(at, 0)));
}

const notice = (text, kind = 'plain') => h('p', { class: `notice ${kind}` }, text);

function failure(error) {
  return h('div', { class: 'notice bad', role: 'alert' }, h('p', {}, error.message), button(t('reload'), show));
}

/* ---------------------------------------------------------------- the server */

class Failed extends Error {
  constructor(status, message) {
    super(status === 0 ? t('error.offline')
      : t([400, 401, 403, 404, 409].includes(status) ? `error.${status}` : 'error.other', { status, message }));
    this.status = status;
  }
}

/** Nothing of the page is shown for a part that this server does not have. */
class Missing extends Error {
}

/** One call of the REST interface. Asks for a token where the server wants one, and calls again with it. */
async function call(method, path, body) {
  for (;;) {
    const token = sessionStorage.getItem(TOKEN);
    const response = await send(method, path, body, token);
    if (response.status === 401) {
      await newToken(token);
      continue;
    }
    const text = await response.text();
    if (response.ok) {
      return text ? JSON.parse(text) : null;
    }
    throw new Failed(response.status, messageOf(text) || response.statusText);
  }
}

async function send(method, path, body, token) {
  const headers = { Accept: 'application/json' };
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  try {
    return await fetch(new URL(path, REST), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', credentials: 'omit', redirect: 'error',
    });
  } catch {
    throw new Failed(0);
  }
}

/** What James's error body says; some answers are plain text. */
function messageOf(text) {
  try {
    const { message, details } = JSON.parse(text);
    return [message, details].filter(Boolean).join(' — ');
  } catch {
    return text.slice(0, 300);
  }
}

/** Reads a part that an older or smaller installation may not have. */
async function readPart(path) {
  try {
    return await call('GET', path);
  } catch (error) {
    throw error.status === 404 ? new Missing() : error;
  }
}

const part = (...names) => names.map(encodeURIComponent).join('/');

function query(path, values) {
  const parameters = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  return parameters.size ? `${path}?${parameters}` : path;
}

let asking = null;

/** Asks for a token, once for all calls that wait for one. */
async function newToken(used) {
  if (sessionStorage.getItem(TOKEN) !== used) {
    return;
  }
  asking ??= askToken(used).finally(() => {
    asking = null;
  });
  await asking;
}

async function askToken(used) {
  const value = input('token', { type: 'password', required: true, autofocus: true, maxlength: 8192 });
  const token = await ask({
    title: t('token.title'),
    content: [h('p', {}, t('token.text')), used && notice(t('token.rejected'), 'bad'), field(t('token.label'), value)],
    submit: t('token.submit'),
    async onsubmit() {
      const text = value.value.trim().replace(/^Bearer\s+/i, '');
      if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) {
        throw new Error(t('token.bad'));
      }
      return text;
    },
  });
  if (!token) {
    throw new Failed(401);
  }
  sessionStorage.setItem(TOKEN, token);
  frame();
}

/* ---------------------------------------------------------------- dialogs and messages */

/**
 * A dialog with a form. onsubmit may throw: what it says is shown, and the dialog stays. The promise gives what onsubmit returned, or
 * undefined if the dialog was left. What is under way then cannot be taken back, so its result counts still. Focus goes back to where
 * it came from, or to the heading if that is gone.
 */
function ask({ title, content, submit, danger, onsubmit }) {
  return new Promise(resolve => {
    const heading = newId();
    const description = newId();
    const trouble = h('div', { role: 'alert' });
    const ok = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, submit);
    let result;
    let underWay = Promise.resolve();
    const run = async () => {
      ok.disabled = true;
      try {
        result = await onsubmit();
        dialog.close();
      } catch (error) {
        if (dialog.open) {
          trouble.replaceChildren(notice(error.message, 'bad'));
        } else {
          say(error.message, 'bad');
        }
      } finally {
        ok.disabled = false;
      }
    };
    const dialog = h('dialog', { 'aria-labelledby': heading, 'aria-describedby': danger ? description : null },
      h('form', {
        novalidate: true,
        onsubmit(event) {
          event.preventDefault();
          trouble.replaceChildren();
          if (event.target.reportValidity()) {
            underWay = run();
          }
        },
      },
      h('h2', { id: heading }, title),
      h('div', { id: description, class: 'content' }, content),
      trouble,
      h('div', { class: 'buttons' }, button(t('cancel'), () => dialog.close(), { autofocus: danger }), ok)));
    open(dialog, () => underWay.then(() => resolve(result)));
  });
}

/** A dialog that tells something, to be closed. */
function tell(title, ...content) {
  return new Promise(resolve => {
    const heading = newId();
    const dialog = h('dialog', { 'aria-labelledby': heading },
      h('h2', { id: heading }, title),
      h('div', { class: 'content' }, content),
      h('div', { class: 'buttons' }, button(t('close'), () => dialog.close(), { class: 'primary' })));
    open(dialog, resolve);
  });
}

function open(dialog, closed) {
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed();
    setTimeout(rescueFocus);
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Focus must never be lost when what had it is gone. */
function rescueFocus() {
  if (document.activeElement === document.body && !document.querySelector('dialog[open]')) {
    document.querySelector('main h1')?.focus();
  }
}

const confirmed = (name, values, onsubmit) => ask({
  title: t(`${name}.title`, values), content: h('p', {}, t(`${name}.text`, values)), submit: t(`${name}.submit`), danger: true,
  onsubmit: async () => {
    await onsubmit();
    return true;
  },
});

/** A value to take away, with a button that copies it. */
function copyable(label, value) {
  const id = newId();
  const output = h('output', { id, class: 'copyable' }, value);
  return h('div', { class: 'field' }, h('span', { id: `${id}-label`, class: 'label' }, label),
    h('div', { class: 'copy' }, output, button(t('copy'), async () => {
      try {
        await navigator.clipboard.writeText(value);
        say(t('copied'));
      } catch {
        getSelection().selectAllChildren(output);
        say(t('copyFailed'));
      }
    })));
}

/** Tells what happened, for the eye and for a screen reader. */
function say(text, kind = 'good') {
  const toast = h('p', { class: `toast ${kind}` }, text);
  const places = [document.querySelector('dialog[open] .content'), document.getElementById('status')];
  places.find(Boolean).append(toast);
  setTimeout(() => toast.remove(), kind === 'good' ? 6000 : 15000);
}

/* ---------------------------------------------------------------- overview */

const DIRECTIONS = ['inbound', 'replies', 'outbound'];

async function overview() {
  const [traffic, held] = await Promise.all([partOf(readPart('traffic?hours=24')), partOf(readPart('held'))]);
  return [
    heading('overview'),
    Array.isArray(held) && held.length > 0 && h('p', { class: 'notice warn' }, t('overview.heldNow', { count: held.length }), ' ',
      h('a', { href: '#/held' }, t('overview.heldLink'))),
    Array.isArray(traffic) ? trafficOf(traffic) : traffic,
  ];
}

/** The value, or a node that says why there is none. */
async function partOf(promise) {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Missing ? notice(t('unavailable')) : failure(error);
  }
}

function trafficOf(hours) {
  const refusedIn = one => Object.values(one.refused ?? {}).reduce((a, b) => a + b, 0);
  const sum = of => hours.reduce((total, one) => total + (of(one) || 0), 0);
  const sums = Object.fromEntries([...DIRECTIONS, 'bounces', 'held'].map(name => [name, sum(one => one[name])]));
  sums.refused = sum(refusedIn);
  const causes = {};
  hours.forEach(one => Object.entries(one.refused ?? {}).forEach(([cause, count]) => {
    causes[cause] = (causes[cause] ?? 0) + count;
  }));
  const columns = [...DIRECTIONS, 'bounces', 'held', 'refused'];
  return [
    h('dl', { class: 'tiles' }, columns.map(name =>
      h('div', { class: `tile ${name}` }, h('dt', {}, t(`overview.${name}`)), h('dd', {}, String(sums[name]))))),
    h('section', { class: 'panel' },
      h('h2', {}, t('overview.traffic')),
      h('ul', { class: 'legend' }, DIRECTIONS.map(name => h('li', { class: name }, t(`overview.${name}`)))),
      chart(t('overview.trafficSummary', sums), hours, DIRECTIONS.map(name => [name, one => one[name] || 0])),
      h('h3', {}, t('overview.refusals')),
      chart(t('overview.refusalsSummary', sums), hours, [['refused', refusedIn]], 96),
      h('details', {}, h('summary', {}, t('overview.asTable')),
        plainTable(t('overview.traffic'), [t('overview.hour'), ...columns.map(name => t(`overview.${name}`))],
          hours.map(one => [dayAndHour(one.hour), ...columns.map(name => name === 'refused' ? refusedIn(one) : one[name] || 0)])))),
    h('section', { class: 'panel' },
      h('h2', {}, t('overview.causes')),
      sums.refused === 0 ? h('p', { class: 'muted' }, t('overview.noRefusals'))
        : plainTable(t('overview.causes'), [t('overview.cause'), t('overview.count')],
          Object.entries(causes).sort((a, b) => b[1] - a[1]).map(([cause, count]) => [tCode('refused', cause), count]))),
  ];
}

function plainTable(caption, columns, rows) {
  return h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    h('table', { class: 'numbers' }, h('caption', { class: 'sr' }, caption),
      h('thead', {}, h('tr', {}, columns.map(column => h('th', { scope: 'col' }, column)))),
      h('tbody', {}, rows.map(([first, ...others]) => h('tr', {},
        h('th', { scope: 'row' }, first), others.map(value => h('td', {}, String(value))))))));
}

/** Bars by hour, stacked; drawn anew for each width, so that its words stay readable. The table beside it says the same. */
function chart(summary, hours, series, height = 180) {
  const box = h('div', { class: 'chart' });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0 && width !== drawn) {
      drawn = width;
      box.replaceChildren(bars(summary, hours, series, width, height));
    }
  }).observe(box);
  return box;
}

function bars(summary, hours, series, width, height) {
  const left = 30;
  const bottom = 22;
  const top = 8;
  const most = niceAbove(Math.max(...hours.map(one => series.reduce((total, [, of]) => total + of(one), 0)), 1));
  const step = (width - left) / Math.max(hours.length, 1);
  const y = value => top + (height - top - bottom) * (1 - value / most);
  const every = Math.max(1, Math.ceil(52 / step));
  const title = newId();
  const lines = most > 1 ? [0, most / 2, most].filter(Number.isInteger) : [0, 1];
  return s('svg', { role: 'img', 'aria-labelledby': title, width, height, viewBox: `0 0 ${width} ${height}` },
    s('title', { id: title }, summary),
    lines.map(value => [
      s('line', { class: 'line', x1: left, x2: width, y1: y(value), y2: y(value) }),
      s('text', { class: 'scale', x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, String(value))]),
    hours.map((one, i) => {
      let below = 0;
      return s('g', {}, series.map(([name, of]) => {
        const value = of(one);
        const from = y(below);
        below += value;
        return value > 0 && s('rect', {
          class: name, x: left + i * step + step * 0.15, width: step * 0.7, y: y(below), height: Math.max(from - y(below) - 1, 1), rx: 1.5,
        });
      }), i % every === 0 && s('text', { class: 'scale', x: left + (i + 0.5) * step, y: height - 5, 'text-anchor': 'middle' }, hour(one.hour)));
    }));
}

/** The next of 1, 2, 4, 6, 8, 10, 20, 40 ... so that the middle line is a whole number. */
function niceAbove(value) {
  for (let power = 1; ; power *= 10) {
    const found = [1, 2, 4, 6, 8].map(one => one * power).find(one => one >= value);
    if (found) {
      return found;
    }
  }
}

/* ---------------------------------------------------------------- public addresses */

async function addresses(parameters) {
  const all = await call('GET', 'publicAddresses');
  const list = h('div', { class: 'list' });
  const count = h('p', { class: 'muted', role: 'status' });
  const filter = input('filter', { type: 'search', value: parameters.get('find') ?? '', 'data-key': 'filter' });
  let shown = CARDS;
  const draw = () => {
    const text = filter.value.trim().toLowerCase();
    const found = all.filter(address => address.toLowerCase().includes(text));
    count.textContent = all.length > 0 ? t('addresses.count', { count: found.length }) : '';
    list.replaceChildren(...found.slice(0, shown).map(address => addressCard(address)),
      ...(found.length > shown ? [button(t('more'), () => {
        shown += CARDS;
        draw();
      })] : []));
    if (found.length === 0) {
      list.append(notice(t(all.length === 0 ? 'addresses.none' : 'addresses.noMatch')));
    }
  };
  filter.addEventListener('input', () => {
    shown = CARDS;
    history.replaceState(null, '', query('#/addresses', { find: filter.value.trim() }));
    draw();
  });
  draw();
  return [
    heading('addresses', button(t('addresses.add'), newAddress, { class: 'primary', 'data-key': 'add' })),
    h('div', { class: 'filter' }, field(t('addresses.filter'), filter), count),
    list,
  ];
}

async function newAddress() {
  const address = input('address', { type: 'email', required: true, autofocus: true, maxlength: 320 });
  const name = input('displayName', { maxlength: 255, autocapitalize: 'words' });
  const made = await ask({
    title: t('new.title'),
    content: [field(t('new.address'), address, t('new.addressHint')), field(t('new.name'), name, t('new.nameHint'), true)],
    submit: t('new.submit'),
    async onsubmit() {
      const wanted = address.value.trim();
      if (await exists(`publicAddresses/${part(wanted)}`)) {
        throw new Error(t('new.exists', { address: wanted }));
      }
      await call('PUT', `publicAddresses/${part(wanted)}`, name.value.trim() ? { displayName: name.value.trim() } : {});
      return wanted;
    },
  });
  if (made) {
    say(t('new.done', { address: made }));
    await go('addresses', { find: made });
    focusOn(`${made} member`);
  }
}

async function exists(path) {
  try {
    await call('GET', path);
    return true;
  } catch (error) {
    if (error.status === 404) {
      return false;
    }
    throw error;
  }
}

let focusWanted = null;

/** Moves the focus to what has this key, as soon as it is there. */
function focusOn(key) {
  const found = key && [...document.querySelectorAll('main [data-key]')].find(node => node.dataset.key.toLowerCase() === key.toLowerCase());
  found?.focus();
  focusWanted = found ? null : key;
}

/** A card that reads its address by itself, and again after each change. */
function addressCard(address) {
  const id = newId();
  const card = h('article', { class: 'panel address', 'aria-labelledby': id, 'aria-busy': 'true' },
    h('h2', { id, class: 'mail' }, address), h('p', { class: 'muted' }, t('loading')));
  const read = async () => {
    const key = card.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    try {
      card.replaceChildren(...addressContent(id, await call('GET', `publicAddresses/${part(address)}`), read).filter(Boolean));
    } catch (error) {
      card.replaceChildren(h('h2', { id, class: 'mail' }, address), failure(error));
    }
    card.removeAttribute('aria-busy');
    focusOn(key ?? focusWanted);
    if (key) {
      rescueFocus();
    }
  };
  read();
  return card;
}

function addressContent(id, { address, displayName, members }, read) {
  const columns = [t('addresses.member'), t('addresses.forwarding'), t('addresses.anonymize'), t('addresses.replies'), t('actions')];
  return [
    h('div', { class: 'cardhead' },
      h('div', {}, h('h2', { id, class: 'mail' }, address),
        h('p', { class: displayName ? 'name' : 'name muted' }, displayName || t('addresses.noName'))),
      h('div', { class: 'buttons' },
        button(t('addresses.rename'), () => rename(address, displayName, read), { 'data-key': `${address} rename` }),
        h('a', { class: 'button', href: query('#/phantoms', { publicAddress: address }) }, t('addresses.phantoms')),
        button(t('addresses.delete'), () => deleteAddress(address, members), { class: 'danger-quiet', 'data-key': `${address} delete` }))),
    members.length === 0 ? notice(t('addresses.noMembers'), 'warn')
      : members.every(one => !one.forwarding) && notice(t('addresses.allSuspended'), 'warn'),
    members.length > 0 && table(t('addresses.members', { address }), columns, members.map(one => row(columns,
      mail(one.member),
      ...['forwarding', 'anonymize', 'replies'].map(name => toggle(address, one, name, read)),
      button(t('addresses.removeMember'), () => removeMember(address, one.member, read), {
        class: 'danger-quiet', 'aria-label': t('addresses.removeMemberFor', { address, member: one.member }),
        'data-key': `${address} ${one.member} remove`,
      })))),
    button(t('addresses.addMember'), () => addMember(address, members, read), { 'data-key': `${address} member` }),
  ];
}

/** A switch of a member. What it shows is what the server said last. */
function toggle(address, { member, ...state }, name, read) {
  const box = h('input', {
    type: 'checkbox', role: 'switch', class: 'switch', checked: state[name], 'data-key': `${address} ${member} ${name}`,
    'aria-label': t(`addresses.${name}For`, { address, member }), title: t(`addresses.${name}Hint`),
    async onchange() {
      const wanted = box.checked;
      const path = `publicAddresses/${part(address)}/members/${part(member)}`;
      const change = () => call('PATCH', path, { [name]: wanted });
      try {
        const sure = name !== 'anonymize' || wanted ? (await change(), true)
          : await confirmed('show', { address, member }, change);
        if (sure) {
          say(t(`addresses.${name}.${wanted ? 'on' : 'off'}`, { address, member }));
        }
      } catch (error) {
        say(error.message, 'bad');
      }
      await read();
    },
  });
  return h('span', { class: 'toggle' }, box, h('span', { class: 'state', 'aria-hidden': 'true' }, t(state[name] ? 'on' : 'off')));
}

async function rename(address, displayName, read) {
  const name = input('displayName', { maxlength: 255, autofocus: true, autocapitalize: 'words' });
  name.value = displayName ?? '';
  const saved = await ask({
    title: t('rename.title', { address }),
    content: field(t('new.name'), name, t('new.nameHint')),
    submit: t('rename.submit'),
    async onsubmit() {
      await call('PUT', `publicAddresses/${part(address)}`, { displayName: name.value.trim() });
      return true;
    },
  });
  if (saved) {
    say(t('rename.done'));
    await read();
  }
}

async function addMember(address, members, read) {
  const member = input('member', { type: 'email', required: true, autofocus: true, maxlength: 320 });
  const switches = ['forwarding', 'anonymize', 'replies'].map(name => [name, h('input', { type: 'checkbox', role: 'switch', class: 'switch', name, checked: true })]);
  const added = await ask({
    title: t('member.title', { address }),
    content: [
      field(t('member.address'), member, t('member.addressHint')),
      switches.map(([name, box]) => h('div', { class: 'switchrow' }, box, labelFor(box, t(`addresses.${name}`), t(`addresses.${name}Hint`)))),
    ],
    submit: t('member.submit'),
    async onsubmit() {
      const wanted = member.value.trim();
      if (members.some(one => one.member.toLowerCase() === wanted.toLowerCase())) {
        throw new Error(t('member.exists', { address, member: wanted }));
      }
      await call('PUT', `publicAddresses/${part(address)}/members/${part(wanted)}`,
        Object.fromEntries(switches.map(([name, box]) => [name, box.checked])));
      return wanted;
    },
  });
  if (added) {
    say(t('member.done', { address, member: added }));
    await read();
  }
}

function labelFor(control, label, hint) {
  control.id = newId();
  control.setAttribute('aria-describedby', `${control.id}-hint`);
  return h('div', {}, h('label', { for: control.id }, label), h('p', { class: 'hint', id: `${control.id}-hint` }, hint));
}

async function removeMember(address, member, read) {
  if (await confirmed('deleteMember', { address, member }, () => call('DELETE', `publicAddresses/${part(address)}/members/${part(member)}`))) {
    say(t('deleteMember.done', { address, member }));
    await read();
    rescueFocus();
  }
}

async function deleteAddress(address, members) {
  const names = members.map(one => one.member).join(language === 'ja' ? '、' : ', ') || '—';
  if (await confirmed('deleteAddress', { address, members: names }, () => call('DELETE', `publicAddresses/${part(address)}`))) {
    say(t('deleteAddress.done', { address }));
    await show();
  }
}

/* ---------------------------------------------------------------- phantom addresses */

/** The person whose phantoms are sought: never part of an address, which browser, proxies and logs would keep. */
let sought = '';

const PHANTOM = /^[a-z2-7]{26}@/i;

async function phantoms(parameters) {
  const all = await call('GET', 'publicAddresses');
  const address = input('address', { type: 'search', value: parameters.get('address') ?? '' });
  const publicAddress = select('publicAddress', [['', t('phantoms.all')], ...all.map(one => [one, one])], parameters.get('publicAddress') ?? '');
  const member = input('member', { type: 'search', value: parameters.get('member') ?? '' });
  const correspondent = input('correspondent', { type: 'search', value: sought });
  const results = h('div', { class: 'results' });
  const form = h('form', {
    class: 'panel filterform', role: 'search', 'aria-label': t('phantoms.find'), novalidate: true,
    onsubmit(event) {
      event.preventDefault();
      // a real address in this field would go into URLs
      if (address.value && !PHANTOM.test(bare(address.value))) {
        say(t('phantoms.noPhantom'), 'bad');
        address.focus();
        return;
      }
      sought = bare(correspondent.value);
      go('phantoms', { address: bare(address.value), publicAddress: publicAddress.value, member: bare(member.value) });
    },
  },
  field(t('phantoms.address'), address, t('phantoms.addressHint')),
  field(t('phantoms.publicAddress'), publicAddress),
  field(t('phantoms.member'), member),
  field(t('phantoms.correspondent'), correspondent, t('phantoms.correspondentHint')),
  h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary', 'data-key': 'search' }, t('search')),
    button(t('reset'), () => {
      sought = '';
      go('phantoms', {});
    })));
  await phantomRows(parameters, results);
  return [heading('phantoms', button(t('phantoms.create'), () => createPhantom(all), { class: 'primary', 'data-key': 'create' })), form, results];
}

/** The address in "Name <address>". */
function bare(text) {
  return (text.match(/<([^<>]+)>\s*$/)?.[1] ?? text).trim();
}

async function phantomRows(parameters, results) {
  const columns = ['address', 'owner', 'created', 'used', 'state'].map(name => t(`phantoms.${name}`)).concat(t('actions'));
  const [found, next] = await findPhantoms(parameters, '');
  if (found.length === 0) {
    results.replaceChildren(notice(t('phantoms.none')));
    return;
  }
  const body = table(t('nav.phantoms'), columns, found.map(one => phantomRow(columns, one)));
  const count = h('p', { class: 'muted', role: 'status' });
  const more = button(t('more'), async () => {
    try {
      const [others, after] = await findPhantoms(parameters, more.dataset.after);
      body.tBodies[0].append(...others.map(one => phantomRow(columns, one)));
      turn(after);
    } catch (error) {
      say(error.message, 'bad');
    }
  });
  const turn = after => {
    more.hidden = !after;
    more.dataset.after = after ?? '';
    count.textContent = t('phantoms.count', { count: body.tBodies[0].rows.length });
  };
  turn(next);
  results.replaceChildren(count, body, more);
}

/** Some phantoms, and where the next ones begin if there may be any. */
async function findPhantoms(parameters, after) {
  const address = parameters.get('address');
  if (address) {
    try {
      return [[await call('GET', `phantoms/${part(address)}`)], null];
    } catch (error) {
      if (error.status === 404) {
        return [[], null];
      }
      throw error;
    }
  }
  const publicAddress = parameters.get('publicAddress') || undefined;
  const member = parameters.get('member') || undefined;
  if (sought) {
    return [await call('POST', 'correspondents/find', { correspondent: sought, publicAddress, member }), null];
  }
  const found = await call('GET', query('phantoms', { publicAddress, member, limit: ROWS, after }));
  return [found, found.length === ROWS ? found[ROWS - 1].address : null];
}

function phantomRow(columns, phantom) {
  const { address, publicAddress, member, createdAt, lastUsedAt, blocked } = phantom;
  const again = async () => {
    const focused = line.contains(document.activeElement);
    const fresh = phantomRow(columns, await call('GET', `phantoms/${part(address)}`));
    line.replaceWith(fresh);
    if (focused) {
      focusOn(`${address} block`);
    }
  };
  const line = row(columns,
    mail(address, 'code'), h('div', {}, mail(member), h('div', { class: 'second mail' }, publicAddress)),
    day(createdAt), day(lastUsedAt),
    h('span', { class: blocked ? 'badge bad' : 'badge good' }, t(blocked ? 'phantoms.blocked' : 'phantoms.active')),
    h('div', { class: 'buttons' },
      button(t(blocked ? 'phantoms.unblock' : 'phantoms.block'), () => block(phantom, again),
        { 'aria-label': t(blocked ? 'phantoms.unblockFor' : 'phantoms.blockFor', { address }), 'data-key': `${address} block` }),
      button(t('phantoms.reveal'), () => reveal(phantom), { 'aria-label': t('phantoms.revealFor', { address }) }),
      button(t('phantoms.retire'), () => retire(phantom, line),
        { class: 'danger-quiet', 'aria-label': t('phantoms.retireFor', { address }) })));
  return line;
}

async function block({ address, member, blocked }, again) {
  const change = () => call('PATCH', `phantoms/${part(address)}`, { blocked: !blocked });
  try {
    if (blocked) {
      await change();
    } else if (!await confirmed('block', { address, member }, change)) {
      return;
    }
    say(t(blocked ? 'phantoms.unblockedDone' : 'phantoms.blockedDone'));
    await again();
  } catch (error) {
    say(error.message, 'bad');
  }
}

async function retire({ address, member }, line) {
  if (await confirmed('retire', { address, member }, () => call('DELETE', `phantoms/${part(address)}`))) {
    line.remove();
    say(t('retire.done', { address }));
    rescueFocus();
  }
}

async function reveal({ address }) {
  const reason = input('reason', { required: true, autofocus: true, maxlength: 255, autocapitalize: 'sentences' });
  const answer = await ask({
    title: t('reveal.title'),
    content: [h('p', {}, t('reveal.text', { address })), field(t('reveal.reason'), reason)],
    submit: t('reveal.submit'),
    onsubmit: () => call('POST', `phantoms/${part(address)}/reveal`, { reason: reason.value.trim() }),
  });
  if (answer) {
    await tell(t('reveal.result'), copyable(address, answer.correspondent));
  }
}

async function createPhantom(all) {
  const publicAddress = select('publicAddress', all.map(one => [one, one]), '', { required: true, autofocus: true });
  const member = h('select', { name: 'member', required: true });
  const correspondent = input('correspondent', { type: 'email', required: true, maxlength: 320 });
  const name = input('name', { maxlength: 255, autocapitalize: 'words' });
  const trouble = h('div', { role: 'status' });
  const readMembers = async () => {
    trouble.replaceChildren();
    try {
      const members = publicAddress.value ? await call('GET', `publicAddresses/${part(publicAddress.value)}/members`) : [];
      member.replaceChildren(...members.map(one => h('option', { value: one.member }, one.member)));
      if (members.length === 0) {
        trouble.append(notice(t(all.length === 0 ? 'addresses.none' : 'create.noMembers'), 'warn'));
      }
    } catch (error) {
      trouble.append(notice(error.message, 'bad'));
    }
  };
  publicAddress.addEventListener('change', readMembers);
  await readMembers();
  const made = await ask({
    title: t('create.title'),
    content: [h('p', {}, t('create.text')), field(t('create.publicAddress'), publicAddress), field(t('create.member'), member), trouble,
      field(t('create.correspondent'), correspondent, t('create.correspondentHint')), field(t('create.name'), name, null, true)],
    submit: t('create.submit'),
    async onsubmit() {
      const { address } = await call('POST', 'phantoms', {
        publicAddress: publicAddress.value, member: member.value, correspondent: correspondent.value.trim(),
        ...(name.value.trim() ? { name: name.value.trim() } : {}),
      });
      return { address, member: member.value, publicAddress: publicAddress.value };
    },
  });
  if (made) {
    await tell(t('create.result', made), copyable(t('phantoms.address'), made.address), h('p', {}, t('create.resultHint', made)));
    await show();
    focusOn('create');
  }
}

/* ---------------------------------------------------------------- held mail */

async function held() {
  const all = (await readPart('held')).sort((a, b) => b.heldAt.localeCompare(a.heldAt));
  const columns = ['since', 'leg', 'cause', 'key'].map(name => t(`held.${name}`)).concat(t('actions'));
  return [
    heading('held', button(t('reload'), show, { 'data-key': 'reload' })),
    h('div', { class: 'results' }, all.length === 0 ? notice(t('held.none'), 'good')
      : table(t('nav.held'), columns, all.map(one => heldRow(columns, one)))),
  ];
}

function heldRow(columns, { key, heldAt, cause, leg }) {
  return row(columns, moment(heldAt), leg ? tCode('leg', leg) : '—', h('span', { class: 'mail' }, cause), mail(key, 'code'),
    button(t('held.retry'), async () => {
      try {
        await call('POST', `held/${part(key)}/retry`, {});
        say(t('held.done'));
        await show();
      } catch (error) {
        say(error.message, 'bad');
      }
    }, { 'aria-label': t('held.retryFor', { key }) }));
}

/* ---------------------------------------------------------------- audit */

async function audit(parameters) {
  const since = input('since', { type: 'datetime-local', value: parameters.get('since') ?? '' });
  const until = input('until', { type: 'datetime-local', value: parameters.get('until') ?? '' });
  const actions = Object.keys(words.en).filter(name => name.startsWith('action.')).map(name => [name.slice('action.'.length), t(name)]);
  const action = select('action', [['', t('audit.all')], ...actions], parameters.get('action') ?? '');
  const subject = input('subject', { type: 'search', value: parameters.get('subject') ?? '' });
  const form = h('form', {
    class: 'panel filterform', role: 'search', 'aria-label': t('audit.filter'), novalidate: true,
    async onsubmit(event) {
      event.preventDefault();
      try {
        if (await isElsewhere(bare(subject.value))) {
          say(t('audit.elsewhere'), 'bad');
          subject.focus();
          return;
        }
      } catch (error) {
        say(error.message, 'bad');
        return;
      }
      go('audit', { since: since.value, until: until.value, action: action.value, subject: bare(subject.value) });
    },
  },
  field(t('audit.since'), since), field(t('audit.until'), until), field(t('audit.action'), action),
  field(t('audit.subject'), subject, t('audit.subjectHint')),
  h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary', 'data-key': 'search' }, t('search')),
    button(t('reset'), () => go('audit', {}))));
  const results = h('div', { class: 'results' });
  await auditRows(parameters, results);
  return [heading('audit'), form, results];
}

/** Whether it is an address in no domain of this James, as those of correspondents are, which must not go into URLs. */
async function isElsewhere(text) {
  const domain = text.slice(text.lastIndexOf('@') + 1).toLowerCase();
  return text.includes('@') && !(await call('GET', '../domains')).includes(domain);
}

async function auditRows(parameters, results) {
  const columns = ['when', 'who', 'action', 'subject', 'details'].map(name => t(`audit.${name}`));
  const read = after => readPart(query('audit', {
    since: instant(parameters.get('since')), until: instant(parameters.get('until')), action: parameters.get('action'),
    subject: parameters.get('subject'), limit: ROWS, after,
  }));
  const line = ({ time, who, action, subject, detail, count }) => row(columns, moment(time), who || '—', tCode('action', action),
    mail(subject || '—'), h('span', { class: 'mail' },
      action === 'mail.refused' ? `${tCode('refused', detail)} · ${t('audit.times', { count })}` : detail || '—'));
  const found = await read('');
  if (found.length === 0) {
    results.replaceChildren(notice(t('audit.none')));
    return;
  }
  const body = table(t('nav.audit'), columns, found.map(line));
  let last = found[found.length - 1];
  const more = button(t('more'), async () => {
    try {
      const others = await read(last.id);
      body.tBodies[0].append(...others.map(line));
      last = others[others.length - 1] ?? last;
      more.hidden = others.length < ROWS;
    } catch (error) {
      say(error.message, 'bad');
    }
  });
  more.hidden = found.length < ROWS;
  results.replaceChildren(body, more);
}

/** What the browser's field says, in local time, as an instant. */
function instant(text) {
  const date = new Date(text || NaN);
  return isNaN(date) ? '' : date.toISOString().replace('.000Z', 'Z');
}

/* ---------------------------------------------------------------- the frame */

const VIEWS = { overview, addresses, phantoms, held, audit };
const ICONS = {
  overview: 'M4 20V11m5 9V4m5 16v-7m5 7V8',
  addresses: 'M3 6h18v12H3zm0 1 9 6 9-6',
  phantoms: 'M6 20v-9a6 6 0 0 1 12 0v9l-3-2-3 2-3-2zm4-10h.01m3.99 0h.01',
  held: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM10 9v6m4-6v6',
  audit: 'M6 3h9l3 3v15H6zm3 7h6m-6 4h6m-6 4h4',
};

function heading(name, ...actions) {
  return h('div', { class: 'viewhead' },
    h('div', {}, h('h1', { tabindex: '-1' }, t(`nav.${name}`)), h('p', { class: 'muted' }, t(`${name}.text`))),
    actions.length > 0 && h('div', { class: 'buttons' }, actions));
}

function route() {
  const [name, parameters] = location.hash.replace(/^#\/?/, '').split('?');
  return [Object.hasOwn(VIEWS, name) ? name : 'overview', new URLSearchParams(parameters ?? '')];
}

/** Another view, or the same one with other parameters; the focus stays where it is if it can. */
function go(name, parameters) {
  const target = query(`#/${name}`, parameters);
  if (location.hash !== target) {
    history.pushState(null, '', target);
  }
  return show();
}

let showing = 0;

/** Shows the view that the address names, read anew; where focus was inside, it stays on what is the same thing. */
async function show() {
  const turn = ++showing;
  const [name, parameters] = route();
  const main = document.getElementById('main');
  const key = main.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  main.setAttribute('aria-busy', 'true');
  if (main.dataset.view !== name) {
    main.dataset.view = name;
    main.replaceChildren(heading(name), notice(t('loading')));
  }
  frame();
  let content;
  try {
    content = await VIEWS[name](parameters);
  } catch (error) {
    content = [heading(name), error instanceof Missing ? notice(t('unavailable')) : failure(error)];
  }
  if (turn !== showing) {
    return;
  }
  const lost = main.contains(document.activeElement);
  main.replaceChildren(...content.flat().filter(Boolean));
  main.removeAttribute('aria-busy');
  if (lost) {
    focusOn(key);
    rescueFocus();
  }
}

/** What stands around the view: in the chosen language, with the current section marked. */
function frame() {
  const [name] = route();
  document.documentElement.lang = language;
  document.title = `${t(`nav.${name}`)} – Mailveil`;
  document.querySelectorAll('[data-word]').forEach(node => {
    node.textContent = t(node.dataset.word);
  });
  document.getElementById('forget').hidden = !sessionStorage.getItem(TOKEN);
  const nav = document.getElementById('nav');
  nav.setAttribute('aria-label', t('sections'));
  nav.replaceChildren(h('ul', {}, Object.keys(VIEWS).map(view => h('li', {},
    h('a', { href: `#/${view}`, 'aria-current': view === name ? 'page' : null },
      s('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, s('path', { d: ICONS[view] })),
      h('span', { class: 'long' }, t(`nav.${view}`)), h('span', { class: 'short', 'aria-hidden': 'true' }, t(`short.${view}`)))))));
}

function begin() {
  const languages = document.getElementById('language');
  languages.append(...Object.keys(words).map(code => h('option', { value: code, lang: code }, words[code].languageName)));
  languages.value = language;
  languages.addEventListener('change', () => {
    language = languages.value;
    localStorage.setItem(LANGUAGE, language);
    show();
  });
  document.getElementById('forget').addEventListener('click', () => {
    sessionStorage.removeItem(TOKEN);
    // nothing stays on the screen
    delete document.getElementById('main').dataset.view;
    show();
  });
  document.querySelector('.skip').addEventListener('click', event => {
    event.preventDefault();
    document.getElementById('main').focus();
  });
  addEventListener('popstate', async () => {
    sought = '';
    await show();
    document.querySelector('main h1')?.focus();
  });
  show();
}

begin();
