import t from 'tap';
import { DAY, eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { addressesOf, part, startSmtp } from '../fixtures/smtp.js';
import { startStory } from '../fixtures/story.js';

t.test('who is registered with an e-mail address gets the PIN from a real mail server', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, {
    env: { SMTP_URL: smtp.url, PORTAL_URL: 'http://wifi.example.com', MAIL_FROM: 'desk@example.com' },
  });
  const { runtime, visit, set } = story;
  const { visits, mail } = runtime.services;
  await set({ 'site.name': 'Nord', 'portal.deskHint': 'Ground floor', 'mail.replyTo': 'hello@example.com' });
  const { id, pin } = await visit({
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    expectedArrival: '2026-11-24T09:00',
  });
  const first = await smtp.nth(1);
  t.strictSame(first.to, ['ada@example.com']);
  t.equal(first.from, 'desk@example.com');
  t.match(addressesOf(first.mail.from), [{ name: 'Nord', address: 'desk@example.com' }]);
  t.match(addressesOf(first.mail.to), [{ name: 'Ada Lovelace', address: 'ada@example.com' }]);
  t.match(addressesOf(first.mail.replyTo), [{ address: 'hello@example.com' }]);
  t.equal(first.mail.subject, 'Your code for Nord');
  const grouped = `${pin.slice(0, Math.ceil(pin.length / 2))} ${pin.slice(Math.ceil(pin.length / 2))}`;
  const text = first.mail.text ?? '';
  t.ok(text.includes(grouped), text);
  t.match(text, 'When: Tuesday 24 November, 9:00 to 10:00 (UTC)');
  t.match(text, 'Where to go: Ground floor');
  t.match(text, /http:\/\/wifi\.example\.com\/claim\/[\w-]+/);
  t.notMatch(text, /\{|undefined|Your host/, 'no tag is left, and no line without a value');
  const html = String(first.mail.html);
  t.equal(html.replace(/<[^>]+>/g, '').includes(pin), true, 'what is copied is digits only');
  t.notMatch(html, /https?:\/\/(?!wifi\.example\.com)/, 'nothing comes from elsewhere');
  t.notMatch(part(first, 'text/calendar'), pin);
  t.strictSame(
    first.mail.attachments.map(({ contentType, cid }) => [contentType, cid]),
    [
      ['image/png', 'qrcode'],
      ['text/calendar', undefined],
    ],
  );

  const seen = await eventually(async () => {
    const found = await visits.find(SITE, id);
    return found?.mail?.state === 'sent' && found.mail;
  });
  t.match(seen.words, /^250 /);
  t.match(await mail.ofVisit(SITE, id), [{ kind: 'registered', state: 'sent', tries: 1 }]);
  t.match(await story.events('mail.sent'), [{ fields: { visit: id, kind: 'registered' } }]);
  t.ok(mail.configured());

  // Moved, corrected, re-issued, cancelled: each is told with what is so then.
  const change = (input: object) => visits.change(SITE, id, input, 'test');
  await change({ name: 'Ada King' });
  await change({ expectedArrival: '2026-11-25T10:00' });
  const second = await smtp.nth(2);
  t.equal(second.mail.subject, 'Your visit to Nord has changed');
  t.match(second.mail.text ?? '', 'When: Wednesday 25 November, 10:00 to 11:00 (UTC)');
  t.match(second.mail.text ?? '', 'Hello Ada King,');
  t.ok(second.mail.text?.includes(grouped));
  const reissued = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
  const third = await smtp.nth(3);
  t.equal(third.mail.subject, 'Your new code for Nord');
  t.ok(reissued.status === 'changed' && third.mail.text?.replaceAll(' ', '').includes(reissued.pin));
  await change({ email: 'ada.king@example.com' });
  const fourth = await smtp.nth(4);
  t.strictSame(fourth.to, ['ada.king@example.com'], 'a corrected address gets the PIN');
  await visits.cancel(SITE, id, 'test');
  const fifth = await smtp.nth(5);
  t.equal(fifth.mail.subject, 'Your visit to Nord is cancelled');
  t.notMatch(fifth.mail.text ?? '', /\d{3,4} \d{3,4}/);

  const files = [first, second, third, fourth, fifth].map((one) => part(one, 'text/calendar'));
  const field = (file: string, name: string) => new RegExp(`^${name}[:;](.*)$`, 'm').exec(file)?.[1]?.trim();
  t.equal(new Set(files.map((file) => field(file, 'UID'))).size, 1);
  const sequences = files.map((file) => Number(field(file, 'SEQUENCE')));
  t.strictSame(
    [...new Set(sequences)].sort((a, b) => a - b),
    sequences,
    'later ones take the place of earlier',
  );
  t.strictSame(
    files.map((file) => [field(file, 'METHOD'), field(file, 'STATUS')]),
    [...Array(4).fill(['PUBLISH', 'CONFIRMED']), ['CANCEL', 'CANCELLED']],
  );
  t.equal(field(files[1] ?? '', 'DTSTART'), '20261125T100000Z');
  t.equal(field(files[0] ?? '', 'LOCATION'), 'Nord');
  t.equal(new Set([first, second, third].map((one) => one.mail.messageId)).size, 3);
});

t.test('what is told to whom, by settings and by what the caller asks', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { runtime, visit, set } = story;
  const { visits, mail } = runtime.services;
  const email = 'ada@example.com';
  const kinds = async (id: string) => (await mail.ofVisit(SITE, id)).map(({ kind }) => kind);

  t.strictSame(await kinds((await visit()).id), [], 'nobody without an address');
  t.strictSame(await kinds((await visit({ email, notify: false })).id), []);
  t.strictSame(await kinds((await visit({ email, expectedArrival: '2026-11-20T09:00' })).id), [], 'over');
  await set({ 'mail.onRegistration': false });
  t.strictSame(await kinds((await visit({ email })).id), []);
  t.strictSame(await kinds((await visit({ email, notify: true })).id), ['registered']);

  const quiet = await visit({ email });
  await visits.change(SITE, quiet.id, { durationMinutes: 90 }, 'test');
  await visits.cancel(SITE, quiet.id, 'test');
  t.strictSame(await kinds(quiet.id), [], 'who never heard of it hears of no change');

  const asked = await visit({ email });
  await visits.change(SITE, asked.id, { durationMinutes: 90, notify: true }, 'test');
  t.strictSame(await kinds(asked.id), ['changed'], 'unless that is asked for');
  await visits.change(SITE, asked.id, { durationMinutes: 100, notify: false }, 'test');
  await smtp.nth(2);
  t.strictSame(await kinds(asked.id), ['changed']);
  t.match(await visits.notify(SITE, asked.id, 'test'), {
    status: 'changed',
    visit: { mail: { state: 'queued' } },
  });
  t.strictSame(await kinds(asked.id), ['registered', 'changed']);
  await smtp.nth(3);
  const quietly = await visits.cancel(SITE, asked.id, 'test', { notify: false });
  t.equal(quietly.status, 'changed');
  t.strictSame(await kinds(asked.id), ['registered', 'changed']);
  t.match(await visits.notify(SITE, asked.id, 'test'), { status: 'refused', why: 'visit-cancelled' });
  const nowhere = await visit();
  t.match(await visits.notify(SITE, nowhere.id, 'test'), { status: 'refused', why: 'not-mailable' });
  t.match(await visits.notify(SITE, 'nothing', 'test'), { status: 'unknown' });
});

t.test('the host hears once that the visitor is here, by the desk or by the network', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { runtime, visit, set } = story;
  const { visits, mail } = runtime.services;
  const hostEmail = 'grace@example.com';
  const one = await visit({ name: 'Ada', hostEmail, host: 'Grace' });
  await story.redeem(1, one.pin);
  const first = await smtp.nth(1);
  t.strictSame(first.to, [hostEmail]);
  t.equal(first.mail.subject, 'Ada is here');
  t.notMatch(first.raw, one.pin);
  await visits.checkIn(SITE, one.id, 'test');
  t.match(await mail.ofVisit(SITE, one.id), [{ kind: 'arrived', tries: 1 }]);
  t.equal((await mail.ofVisit(SITE, one.id)).length, 1, 'once');
  t.equal((await visits.find(SITE, one.id))?.mail, undefined, 'it is not the visitor’s');

  const two = await visit({ name: 'Bob', hostEmail });
  await visits.checkIn(SITE, two.id, 'test');
  t.equal((await smtp.nth(2)).mail.subject, 'Bob is here');
  await set({ 'mail.onArrival': false });
  const three = await visit({ name: 'Cy', hostEmail });
  await story.redeem(3, three.pin);
  await visits.checkIn(SITE, three.id, 'test');
  await eventually(async () => (await mail.ofVisit(SITE, three.id)).length === 0);
  t.equal(smtp.received.length, 2);
});

t.test('several changes before sending are one mail, and it says what is so at last', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { runtime, visit } = story;
  const { visits, mail } = runtime.services;
  smtp.mood = 'greylist';
  const kinds = async (id: string) => (await mail.ofVisit(SITE, id)).map(({ kind }) => kind);
  const waits = (id: string) =>
    eventually(async () => {
      const found = await visits.find(SITE, id);
      return found?.mail?.state === 'queued' && found.mail.words !== '' && found.mail;
    });
  const { id } = await visit({ email: 'ada@example.com', expectedArrival: '2026-11-24T09:00' });
  t.match((await waits(id)).words, /^451 /);
  await visits.change(SITE, id, { expectedArrival: '2026-11-24T11:00' }, 'test');
  await visits.change(SITE, id, { expectedArrival: '2026-11-24T12:00' }, 'test');
  const issued = await visits.reissue(SITE, id, { dropDevices: false }, 'test');
  t.strictSame(await kinds(id), ['registered']);
  const off = await visit({ name: 'Bob', email: 'bob@example.com', expectedArrival: '2026-11-24T09:00' });
  await waits(off.id);
  await visits.cancel(SITE, off.id, 'test');
  t.strictSame(await kinds(off.id), [], 'who has heard nothing hears of no cancellation');
  t.equal((await visits.find(SITE, off.id))?.mail, undefined);

  smtp.mood = 'accept';
  runtime.time.advance(HOUR);
  const only = await smtp.nth(1);
  t.match(only.mail.text ?? '', 'Tuesday 24 November, 12:00 to 13:00 (UTC)');
  t.ok(issued.status === 'changed' && only.mail.text?.replaceAll(' ', '').includes(issued.pin));
  await eventually(async () => (await visits.find(SITE, id))?.mail?.state === 'sent');

  smtp.mood = 'greylist';
  await visits.change(SITE, id, { durationMinutes: 90 }, 'test');
  await visits.change(SITE, id, { durationMinutes: 120 }, 'test');
  await waits(id);
  await eventually(async () => (await kinds(id)).length === 2, 3000);
  t.strictSame(await kinds(id), ['changed', 'registered']);
  runtime.time.set(NINE + 3 * DAY);
  const late = await eventually(async () => {
    const found = await visits.find(SITE, id);
    return found?.mail?.state === 'refused' && found.mail;
  });
  t.match(late.words, /over before/);
  t.equal(smtp.received.length, 1);
});
