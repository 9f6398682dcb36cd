import t from 'tap';
import { retryWait, serverWords, TRIED_FOR_MS } from '../../src/domain/mail.js';
import { siteKeys } from '../../src/redis/keys.js';
import { judge } from '../../src/services/mail/postbox.js';
import { DAY, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { addressesOf, startSmtp, type TestSmtp } from '../fixtures/smtp.js';
import { type Story, startStory } from '../fixtures/story.js';

const email = 'ada@example.com';
const expectedArrival = '2026-12-23T09:00';

const seen = (story: Story, id: string, state: string) =>
  eventually(async () => {
    const found = await story.runtime.services.visits.find(SITE, id);
    return found?.mail?.state === state && found.mail;
  }, 10_000);

/** The mail after its try has been written down. */
const tried = (story: Story, id: string, count: number) =>
  eventually(async () => {
    const [mail] = await story.runtime.services.mail.ofVisit(SITE, id);
    return mail && mail.tries >= count && mail.state !== 'sending' && mail;
  }, 10_000);

t.test('a 550 is the last word, with the server’s own and without the address', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { visit, runtime } = story;
  smtp.mood = 'refuse';
  const { id } = await visit({ email, expectedArrival });
  const { words } = await seen(story, id, 'refused');
  t.match(words, /^550 .*no such user/);
  t.notMatch(words, /ada@/i);
  t.match(await story.events('mail.refused'), [{ fields: { visit: id } }]);
  runtime.time.advance(DAY);
  t.equal((await tried(story, id, 1)).tries, 1, 'it is not tried again by itself');
  t.equal((await runtime.services.mail.counts(SITE)).refused, 1);

  smtp.mood = 'accept';
  const [mail] = await runtime.services.mail.ofVisit(SITE, id);
  t.equal(await runtime.services.mail.retry(SITE, mail?.id ?? '', 'test'), 'done');
  await seen(story, id, 'sent');
  t.equal(await runtime.services.mail.retry(SITE, mail?.id ?? '', 'test'), 'sent');
  t.equal(await runtime.services.mail.retry(SITE, 'nothing', 'test'), 'unknown');
  t.equal(await runtime.services.mail.discard(SITE, mail?.id ?? '', 'test'), 'done');
  t.equal((await runtime.services.visits.find(SITE, id))?.mail, undefined);
});

t.test('greylisting, and a server that is away, are waited out with longer and longer pauses', async (t) => {
  const smtp = await startSmtp(t);
  const port = Number(new URL(smtp.url).port);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { visit, runtime } = story;
  smtp.mood = 'greylist';
  const { id } = await visit({ email, expectedArrival });
  const first = await tried(story, id, 1);
  t.equal(first.state, 'queued');
  t.match(first.words, /^451 /);
  const wait = (first.nextAt ?? 0) - runtime.now();
  t.ok(wait > 0.9 * MINUTE - 1 && wait < 1.1 * MINUTE + 1, `${wait}`);

  await smtp.close();
  runtime.time.advance(2 * MINUTE);
  const second = await tried(story, id, 2);
  t.match(second.words, /ECONNREFUSED|refused|connect/i);
  t.ok((second.nextAt ?? 0) - runtime.now() > wait);
  const started = performance.now();
  const other = await visit({ name: 'Bob', email: 'bob@example.com', expectedArrival });
  t.ok(performance.now() - started < 1000, 'nobody waits for a mail server');

  const again: TestSmtp = await startSmtp(t, { port });
  runtime.time.advance(HOUR);
  await seen(story, id, 'sent');
  await seen(story, other.id, 'sent');
  t.equal(again.received.length, 2);
  t.equal((await tried(story, id, 3)).tries, 3);
});

t.test('after three days a mail is refused with the last answer', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  smtp.mood = 'greylist';
  const { id } = await story.visit({ email, expectedArrival });
  await tried(story, id, 1);
  story.runtime.time.advance(TRIED_FOR_MS);
  t.match((await seen(story, id, 'refused')).words, /three days.*451/);
});

t.test('a wrong password of ours is nobody’s refusal', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, {
    env: { SMTP_URL: smtp.url.replace('//', '//foyer:p%40ss%3Aword@') },
  });
  smtp.mood = 'strange-login';
  const { id } = await story.visit({ email, expectedArrival });
  const mail = await tried(story, id, 1);
  t.equal(mail.state, 'queued');
  t.match(mail.words, /535/);
  t.notMatch(mail.words, /p@ss/);
  smtp.mood = 'accept';
  story.runtime.time.advance(HOUR);
  await seen(story, id, 'sent');
});

t.test('a connection that is dropped after the mail was taken brings the same mail again', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  smtp.mood = 'drop';
  const { id } = await story.visit({ email, expectedArrival });
  t.equal((await tried(story, id, 1)).state, 'queued');
  smtp.mood = 'accept';
  story.runtime.time.advance(HOUR);
  await seen(story, id, 'sent');
  const ids = smtp.data.map((raw) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
  t.equal(ids.length, 2);
  t.ok(ids[0] && ids[0] === ids[1], 'by which mailboxes know it');
});

t.test(
  'a process that dies between claim and send loses nothing, and its late word counts for nothing',
  async (t) => {
    const smtp = await startSmtp(t);
    const story = await startStory(t, { started: false, env: { SMTP_URL: smtp.url } });
    const { visit, runtime } = story;
    const { mails } = runtime.stores;
    const { id } = await visit({ email, expectedArrival });
    const [mail = ''] = await mails.claim(SITE, 'dead', NINE + 5 * MINUTE, 5, NINE);
    t.strictSame(
      await mails.claim(SITE, 'other', NINE + 5 * MINUTE, 5, NINE),
      [],
      'nobody else sends it now',
    );
    t.equal((await runtime.services.visits.find(SITE, id))?.mail?.state, 'sending');
    await story.beside({ env: { SMTP_URL: smtp.url } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal(smtp.received.length, 0);
    runtime.time.advance(5 * MINUTE);
    await seen(story, id, 'sent');
    t.equal(await mails.settle(SITE, mail, 'dead', { state: 'refused', words: '' }, NINE), 'stale');
    t.equal(smtp.received.length, 1);
  },
);

t.test('two processes send each mail once', async (t) => {
  const smtp = await startSmtp(t);
  const env = { SMTP_URL: smtp.url };
  const story = await startStory(t, { env });
  const other = await story.beside({ env });
  const one = (i: number) => (i % 2 ? story : other).visit({ email: `v${i}@example.com`, expectedArrival });
  await Promise.all(Array.from({ length: 20 }, (_, i) => one(i)));
  await smtp.nth(20);
  await eventually(async () => (await story.runtime.services.mail.counts(SITE)).sent === 20, 10_000);
  t.equal(new Set(smtp.received.map(({ to }) => to[0])).size, 20);
  t.equal(smtp.received.length, 20);
});

t.test(
  'without a mail server mails are held and can be read; with one, what is not stale goes',
  async (t) => {
    const story = await startStory(t);
    const { visit, runtime } = story;
    const { mail } = runtime.services;
    t.notOk(mail.configured());
    const old = await visit({ name: 'Old', email: 'old@example.com', expectedArrival });
    const gone = await visit({ name: 'Gone', email: 'gone@example.com', expectedArrival });
    await seen(story, old.id, 'held');
    await seen(story, gone.id, 'held');
    runtime.time.advance(DAY + HOUR);
    const { id, pin } = await visit({ email, expectedArrival });
    await seen(story, id, 'held');
    const [held] = await mail.ofVisit(SITE, id);
    const shown = await mail.show(SITE, held?.id ?? '', 'person:1');
    t.ok(shown?.text.replaceAll(' ', '').includes(pin));
    t.match(shown?.html, /src="data:image\/png;base64,/);
    t.match(shown?.to, { address: email });
    t.match(await story.events('pin.shown'), [{ fields: { visit: id, by: 'person:1' } }]);
    await runtime.services.visits.cancel(SITE, gone.id, 'test');
    t.strictSame(await mail.ofVisit(SITE, gone.id), []);

    await runtime.stop();
    const smtp = await startSmtp(t);
    const next = await story.beside({ env: { SMTP_URL: smtp.url } });
    await seen(story, id, 'sent');
    t.strictSame((await smtp.nth(1)).to, [email]);
    t.equal((await next.runtime.services.visits.find(SITE, old.id))?.mail?.state, 'held');
  },
);

t.test('a mail record of a visit names nobody, goes with it, and lasts as long as it', async (t) => {
  const story = await startStory(t, { started: false });
  const { visit, runtime } = story;
  const { redis } = runtime.server;
  const { id, pin } = await visit({
    name: 'Ada Lovelace',
    email,
    hostEmail: 'grace@example.com',
    expectedArrival,
  });
  await runtime.services.visits.checkIn(SITE, id, 'test');
  const ids = await redis.lrange(siteKeys.visitMails(SITE, id), 0, -1);
  t.equal(ids.length, 2);
  for (const mail of ids) {
    const text = JSON.stringify(await redis.hgetall(siteKeys.mail(SITE, mail)));
    t.notMatch(text, /Ada|Lovelace|example\.com/);
    t.notOk(text.includes(pin));
    const left = (await redis.pttl(siteKeys.mail(SITE, mail))) - (await redis.pttl(siteKeys.visit(SITE, id)));
    t.ok(Math.abs(left) < 1000, `${left}`);
  }
  const link = await runtime.services.mail.queue(SITE, {
    kind: 'host-link',
    to: 'grace@example.com',
    data: { link: 'http://host.example.com/code' },
  });
  t.notMatch(JSON.stringify(await redis.hgetall(siteKeys.mail(SITE, link))), /grace|code"/);
  await runtime.services.visits.erase(SITE, id, 'test');
  t.strictSame(
    (await redis.keys('*')).filter((key) => ids.some((one) => key.includes(one))),
    [],
  );
  for (const key of [siteKeys.mails(SITE), siteKeys.mailsDue(SITE), siteKeys.mailsIn(SITE, 'queued')])
    t.strictSame(await redis.zrange(key, '0', '-1'), [link], key);
});

t.test('names cannot write headers', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const names = [
    'Zoë "Zoom" O’Neil, <x@evil.example>',
    'עדה 🦊 李',
    'Ann\u2028Bcc: evil@example.com',
    '=?utf-8?q?Bcc=3A?=',
    '<script>alert(1)</script> & {visitorcode}',
  ];
  for (const name of names) await story.visit({ name, email, expectedArrival });
  await smtp.nth(names.length);
  for (const { to, mail, raw } of smtp.received) {
    t.strictSame(to, [email]);
    t.equal(addressesOf(mail.to).length, 1);
    t.equal(addressesOf(mail.to)[0]?.address, email);
    t.notMatch(raw.split('\r\n\r\n')[0] ?? '', /^Bcc:/im);
    t.notMatch(String(mail.html), /<script|alert\(1\)<\/script/);
  }
  const got = smtp.received.map(({ mail }) => addressesOf(mail.to)[0]?.name);
  t.ok(got.includes(names[0]) && got.includes(names[1]));
  const tricky = smtp.received.find(({ mail }) => mail.text?.includes('<script>'));
  t.match(tricky?.mail.text ?? '', '& {visitorcode},', 'what a value brings along is no tag');
  const refused = await story.runtime.services.visits.register(
    SITE,
    { name: 'Ann\r\nBcc: evil@example.com', email, expectedArrival },
    'test',
  );
  t.equal(refused.status, 'invalid');
});

t.test('links expire, and pauses and words are bounded', async (t) => {
  const smtp = await startSmtp(t);
  const story = await startStory(t, { env: { SMTP_URL: smtp.url } });
  const { mail } = story.runtime.services;
  const order = {
    kind: 'team-link' as const,
    to: email,
    data: { task: 'reset' as const, link: 'http://admin/x' },
  };
  const late = await mail.queue(SITE, { ...order, expiresAt: NINE });
  await eventually(async () => (await mail.find(SITE, late))?.state === 'refused');
  const good = await mail.queue(SITE, { ...order, expiresAt: NINE + HOUR, language: 'de' });
  const { mail: sent } = await smtp.nth(1);
  t.match(sent.text ?? '', /http:\/\/admin\/x/);
  t.match(sent.text ?? '', /neues Passwort/);
  await eventually(async () => (await mail.find(SITE, good))?.state === 'sent');
  t.equal(await story.runtime.stores.mails.sealed(SITE, good), undefined, 'what was said is not kept');

  t.ok(retryWait(1, 0) >= 0.9 * MINUTE && retryWait(1, 1) <= 1.1 * MINUTE);
  t.ok(retryWait(1000, 1) <= 132 * MINUTE);
  t.equal(serverWords(`550 <Ada@Example.com>\r\n no\u202e ${'x'.repeat(900)}`, email).length, 300);
  t.match(serverWords('550 <Ada@Example.com> unknown', email), /^550 <…> unknown$/);
  const fault = { response: '554 go away', responseCode: 554 };
  t.equal(
    judge({ ...fault, command: 'CONN', code: 'EPROTOCOL' }, '').status,
    'later',
    'a greeting is not about a mail',
  );
  t.equal(judge({ ...fault, command: 'DATA', code: 'EMESSAGE' }, '').status, 'refused');
});
