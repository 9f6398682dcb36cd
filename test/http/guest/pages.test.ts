import { createHash } from 'node:crypto';
import t from 'tap';
import { termsPage } from '../../../src/http/guest/notices.js';
import { expiredPage, pinPage } from '../../../src/http/guest/pin-pages.js';
import { offered, textsFor } from '../../../src/http/guest/texts/catalogue.js';
import { timesOf } from '../../../src/http/guest/times.js';
import { pageHeaders } from '../../../src/http/guest/views.js';
import { LOOK, lookIn, PAGES, startRenderer } from '../../fixtures/guest-pages.js';
import { HOUR, MINUTE, NINE } from '../../fixtures/runtime.js';

const render = await startRenderer(t);
const pages = await Promise.all(
  Object.entries(PAGES).map(async ([name, page]) => ({ name, page, html: await render(page) })),
);
/** Without its style sheet, whose selectors hold words too. */
const html = (name: string): string =>
  (pages.find((page) => page.name === name)?.html ?? '').replace(/<style>[\s\S]*<\/style>/, '');
const forms = pages.filter(({ page }) => page.template === 'guest/pin');

t.test('every state that a page may say has a page', async (t) => {
  const states = new Set(pages.map(({ page }) => page.state));
  const wanted = [
    'pin',
    'connecting',
    'handoff',
    'connected',
    'early',
    'expired',
    'refused',
    'throttled',
    'email',
  ];
  wanted.push('device-limit', 'check-in-only', 'unknown-client', 'unavailable', 'ended');
  t.same([...states].sort(), wanted.sort());
});

t.test('every page is one small answer without script, cookie or outside file', async (t) => {
  for (const { name, page, html } of pages) {
    t.ok(Buffer.byteLength(html) < 14_000, `${name} has ${Buffer.byteLength(html)} bytes`);
    t.notMatch(html, /<script|javascript:|\son[a-z]+=/i, `${name} has no script`);
    t.notMatch(html, /<(?:link|img|iframe|object|embed)|@import|url\(/i, `${name} loads nothing`);
    t.notMatch(html, /\sstyle=/, `${name} has no style that the policy would stop`);
    t.match(html, /^<!DOCTYPE html>\n<html lang="en">/, `${name} names its language`);
    t.match(html, '<meta name="viewport" content="width=device-width, initial-scale=1">', name);
    t.equal(html.match(/<main /g)?.length, 1, `${name} has one main`);
    t.equal(html.match(/<h1>/g)?.length, 1, `${name} has one heading`);
    t.match(html, `<main data-state="${page.state}"`, `${name} says its state`);
    t.notMatch(html, /undefined|\[object|NaN/, `${name} has no hole`);
  }
});

t.test('the policy lets exactly the inline style through', async (t) => {
  const style = /<style>([\s\S]*)<\/style>/.exec(pages[0]?.html ?? '')?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  t.match(pageHeaders(LOOK)['content-security-policy'], `style-src 'sha256-${hash}'`);
  for (const page of pages) t.ok(page.html.includes(`<style>${style}</style>`), page.name);
});

t.test('the PIN form needs nothing but itself, and lets paste and correction happen', async (t) => {
  for (const { name, html } of forms) {
    // Where a device has to be chosen the browser says so itself.
    t.match(html, `<form method="post" action="/pin"${name === 'device-limit' ? '' : ' novalidate'}>`, name);
    t.match(html, /<input type="hidden" name="state" value="[^"]+">/, name);
    t.match(html, '<label for="pin">Your code</label>', name);
    const field = /<input class="pin"[^>]*>/.exec(html)?.[0] ?? '';
    t.match(field, 'type="text" name="pin" inputmode="numeric" autocomplete="one-time-code"', name);
    t.notMatch(field, /maxlength|pattern|required|readonly|autofocus/, name);
    t.match(field, /aria-describedby="(?:problem )?pin-hint"/, name);
    t.match(html, '<button type="submit">', name);
    t.notMatch(html, /http-equiv/, `${name} does not reload under the typing visitor`);
  }
  t.match(html('pin-claimed'), 'value="48210937"');
});

t.test('an error says so in the title, in an alert, and at the field', async (t) => {
  for (const { name, page, html } of forms) {
    const error = page.state !== 'pin';
    // Who is early, late or over a limit did nothing wrong.
    const wrong = ['refused', 'email'].includes(page.state);
    t.equal(/<title>Error: /.test(html), wrong, name);
    t.equal(/role="alert" id="problem"/.test(html), error, name);
    t.equal(/aria-describedby="problem /.test(html), error, name);
  }
  t.match(html('refused'), 'aria-invalid="true"');
  t.match(html('malformed'), 'aria-invalid="true"');
  t.match(html('malformed'), '4821\u00a00937', 'an example that would be right');
  t.notMatch(html('early'), 'aria-invalid', 'a right code is not called wrong');
});

t.test('each refusal says the one next step', async (t) => {
  t.match(html('early'), 'Your access starts at 11:00');
  t.match(html('early-check-in'), 'Check in at the desk first');
  t.match(html('expired'), 'Your access ended at 8:00');
  t.match(html('throttled'), 'Wait 8 minutes');
  t.match(html('email'), /<label for="email">.*<\/label>[\s\S]*<input id="email" type="email" name="email"/);
  t.match(
    html('device-limit'),
    /<fieldset>[\s\S]*name="replace" value="a1" required>[\s\S]*name="replace" value="b2" required>/,
  );
  t.match(html('device-limit'), 'Device ending in 3F:A1, since 9:02');
  t.notMatch(html('device-limit-none'), /replace|fieldset/);
  t.match(html('device-limit-none'), 'value="ada@example.com"', 'the address need not be typed again');
  for (const name of ['early', 'expired', 'check-in-only', 'device-limit-none', 'email', 'unknown-client']) {
    t.match(html(name), /desk/i, `${name} names the desk`);
  }
});

t.test('waiting goes on by full navigation, and online says until when', async (t) => {
  t.match(html('connecting'), /http-equiv="refresh" content="2;url=\/status\?s=[\w-]+"/);
  t.match(html('connecting-slow'), /http-equiv="refresh" content="10;url=\/status\?s=[\w-]+"/);
  t.match(html('connected'), '<main data-state="connected" data-until="2026-11-23T10:00:00.000Z">');
  t.match(html('connected'), 'You are online until 10:00');
  t.match(html('connected'), '38 minutes left');
  t.match(html('connected'), /http-equiv="refresh" content="2281;url=/, 'looks again when the time is over');
  t.match(
    html('connected'),
    /<form method="post" action="\/leave">\n<input type="hidden" name="s" value="[\w-]+">/,
  );
  t.match(html('unavailable'), '<meta http-equiv="refresh" content="5">');
  t.notMatch(html('unavailable'), '<form method="post"');
  t.match(html('unavailable-after-form'), /content="5;url=\/\?s=/);
});

t.test('words that only an engineer knows stand on no page', async (t) => {
  for (const { name, html } of pages) {
    const words = html.replace(/<style>[\s\S]*<\/style>/, '').replace(/<[^>]*>/g, ' ');
    t.notMatch(words, /\b(?:token|MAC|session|gateway|authori[sz]\w*|redirect|invalid|oops)\b/i, name);
  }
});

t.test('what an operator or a visitor wrote is text', async (t) => {
  const evil = '<script>alert(1)</script>"\'&';
  const look = lookIn('en', {
    'site.name': evil,
    'portal.welcome': evil,
    'portal.deskHint': evil,
    'portal.terms': evil,
  });
  const form = { state: evil, again: evil, pin: evil, email: evil };
  const out = `${await render(pinPage(look, form))}${await render(termsPage(look, evil))}`;
  t.notMatch(out, '<script');
});

t.test('a page is rendered once for its look, and filled in for each visitor', async (t) => {
  const look = lookIn('en');
  const first = await render(expiredPage(look, { state: 'one', again: 'a' }, 'at 10:00'));
  const [chunks] = look.rendered.values();
  const second = await render(expiredPage(look, { state: 'two', again: 'b' }, 'at 11:00'));
  t.equal(look.rendered.size, 1);
  t.equal([...look.rendered.values()][0], chunks);
  const swapped = first.replaceAll('at 10:00', 'at 11:00').replaceAll('"one"', '"two"');
  t.equal(second, swapped.replaceAll('"a"', '"b"').replaceAll('?s=a"', '?s=b"'));
});

t.test('the language is the one that was chosen, else the best that the browser asks for', async (t) => {
  const all = offered([]);
  const lang = (chosen?: string, accept?: string) => textsFor(all, chosen, accept).lang;
  t.equal(lang(), 'en');
  t.equal(lang(undefined, 'de-DE,de;q=0.9,en-GB;q=0.5'), 'de');
  t.equal(lang(undefined, 'xx;q=x,;;,'), 'en');
  t.equal(lang('fr', 'de'), 'fr');
  t.equal(lang('xx', 'de'), 'de');
  t.equal(lang(undefined, 'iw-IL'), 'he', 'as older Androids say it');
  t.equal(lang(undefined, 'zh-TW,zh;q=0.9'), 'zh');
  t.equal(textsFor(offered(['tr', 'de']), undefined, 'ja').lang, 'tr', 'the first that the site offers');
  t.equal(textsFor(offered(['tr', 'de']), 'en', 'de-AT').lang, 'de');
});

t.test('the time left is said in whole minutes, hours and days', async (t) => {
  const { left, wait } = timesOf(LOOK, NINE);
  t.equal(left(59_999), 'Less than a minute left');
  t.equal(left(MINUTE), '1 minute left');
  t.equal(left(38.9 * MINUTE), '38 minutes left');
  t.equal(left(60 * MINUTE), '1 hour left');
  t.equal(left(125 * MINUTE), '2 hours 5 minutes left');
  t.equal(left(24 * HOUR), '1 day left');
  t.equal(left(51.5 * HOUR), '2 days 3 hours left');
  t.equal(wait(1), '1 minute');
  t.equal(wait(7.5 * MINUTE), '8 minutes');
});
