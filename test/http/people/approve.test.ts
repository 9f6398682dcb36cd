import t from 'tap';
import { fieldOf, startPeople } from '../../fixtures/people.js';
import { eventually, HOUR, MINUTE, SITE } from '../../fixtures/runtime.js';
import { startSmtp } from '../../fixtures/smtp.js';

t.test('a walk-in at the tablet, and the host who answers by mail', async (t) => {
  const smtp = await startSmtp(t);
  const { runtime, stranger, pair } = await startPeople(t, {
    started: true,
    env: { SMTP_URL: smtp.url, PEOPLE_URL: 'http://localhost:8082' },
  });
  const { settings, walkIns, visits } = runtime.services;
  const set = (patch: object) => settings.change(SITE, patch, undefined, 'test');
  await set({
    'walkIns.kiosk': true,
    'walkIns.hosts': 'Bob Miller <bob@example.com>\nCarol <carol@example.com>\nDan <dan@example.com>',
    'portal.terms': 'Be kind.\n\nClose the door.',
    'portal.ssid': 'Harbour Guests',
    'site.name': 'Harbour House',
  });
  const tablet = await pair();
  const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', host: 'bob', terms: '1' };

  /** What was said to an address, in the order in which it came. */
  const mailTo = (address: string): string[] =>
    smtp.received.filter(({ to }) => to.includes(address)).map(({ mail }) => mail.text ?? '');

  /** Asks, and waits for the link in the host's mail. */
  async function ask(fields: Record<string, string> = ADA) {
    const before = smtp.received.length;
    const sent = await tablet.post('/kiosk/walk-in', fields);
    if (sent.status !== 303) throw new Error(`${sent.status} ${sent.html}`);
    const link = await eventually(() =>
      smtp.received
        .slice(before)
        .map(({ mail }) => /http:\/\/localhost:8082(\/approve\/[\w.-]+)/.exec(mail.text ?? '')?.[1])
        .find((found) => found !== undefined),
    );
    return { waiting: sent.location, link };
  }

  await t.test('the form says what is missing, and keeps what was typed', async (t) => {
    const form = await tablet.get('/kiosk/walk-in');
    t.match(form.html, /Your host is asked by mail[\s\S]*Close the door\./);
    t.equal(fieldOf(form.html, 'terms'), '1', 'the number of the text that is shown');
    const wrong = await tablet.post('/kiosk/walk-in', { ...ADA, terms: '', email: 'x', name: '"><b>' });
    t.match(wrong, { status: 422, html: /Accept the terms[\s\S]*|anna@example\.com/ });
    t.match(wrong.html, /value="&quot;&gt;&lt;b&gt;"/);
    t.same(await walkIns.open(SITE), []);
    t.match(await tablet.post('/kiosk/walk-in', { ...ADA, host: 'Zed' }), {
      status: 422,
      html: /Nobody of that name/,
    });
  });

  await t.test(
    'what opens the link changes nothing; the button lets in, and the tablet shows the code',
    async (t) => {
      const { waiting, link } = await ask();
      t.match(smtp.received.at(-1), { to: ['bob@example.com'], mail: { subject: /Ada Lovelace/ } });
      t.match((await tablet.get(waiting)).html, /Your host has been asked[\s\S]*/);
      t.match((await tablet.get(waiting)).html, /content="3;url=\/kiosk\/waiting\?r=/);
      for (let scan = 0; scan < 3; scan++) {
        const page = await stranger.get(link);
        t.match(page, {
          status: 200,
          html: /Ada Lovelace asks for you[\s\S]*ada@example\.com[\s\S]*Let in[\s\S]*Decline/,
        });
      }
      t.equal((await walkIns.open(SITE)).length, 1, 'it still waits');
      t.equal((await stranger.post(link, {})).status, 422, 'a form without a button decides nothing');
      t.equal(
        (await stranger.post(link, { decision: 'approve' }, { origin: 'https://evil.example' })).status,
        403,
      );
      t.equal((await walkIns.open(SITE)).length, 1);
      const both = await Promise.all([
        stranger.post(link, { decision: 'approve' }),
        stranger.post(link, { decision: 'approve' }),
      ]);
      for (const one of both) t.match(one, { status: 303, location: link });
      t.match((await stranger.get(link)).html, /Let in at 9:00[\s\S]*This answer stands/);
      t.match((await stranger.post(link, { decision: 'decline' })).status, 303);
      t.match((await stranger.get(link)).html, /Let in at 9:00/, 'the first answer stands');
      t.equal(
        (await tablet.get(waiting, { 'sec-fetch-dest': 'empty' })).html,
        '',
        'a script is shown no code',
      );
      const ready = await tablet.get(waiting);
      t.match(ready.html, /Welcome, Ada Lovelace[\s\S]*Wi-Fi: Harbour Guests/);
      t.match((await tablet.get(waiting)).html, /Welcome, Ada Lovelace/, 'also where the answer was lost');
      runtime.time.advance(MINUTE);
      t.equal((await tablet.get(waiting)).location, '/kiosk', 'whoever presses Back later sees no code');
      const pin = [...ready.html.matchAll(/<span>(\d+)<\/span>/g)].map(([, group]) => group).join('');
      const [visit] = (await visits.list(SITE, { words: ['ada'], limit: 5 })).items;
      t.equal((await visits.showPin(SITE, visit?.id ?? ''))?.pin, pin);
      t.ok(visit?.checkedInAt);
      const mailed = await eventually(() => mailTo('ada@example.com').at(-1));
      t.match(mailed.replace(/\D/g, ''), pin, 'the visitor has it by mail too');
      const out = await tablet.post('/kiosk/pin', { pin });
      t.match(out.html, /Check out/, 'with the same code one leaves');
      const log = JSON.stringify(await runtime.stores.events.list(SITE, '', 1000));
      t.match(log, /terms\.accepted/);
      t.notMatch(log, new RegExp(`Lovelace|example\\.com|${pin}|approve/`));
    },
  );

  await t.test('a no, and no answer, are told kindly at the tablet', async (t) => {
    const { waiting, link } = await ask({ ...ADA, host: 'Carol' });
    await stranger.post(link, { decision: 'decline' });
    t.match((await tablet.get(waiting)).html, /Your host cannot receive you now/);
    t.match((await stranger.get(link, { 'accept-language': 'de' })).html, /Abgelehnt um 9:01/);
    const told = await eventually(() => mailTo('ada@example.com').find((said) => said.includes('Carol')));
    t.match(told, /Your host cannot receive you\. Please ask at the desk\.[\s\S]*Your host: Carol/);
    const late = await ask({ ...ADA, host: 'Dan' });
    runtime.time.advance(2 * HOUR);
    t.match((await stranger.get(late.link)).html, /This request is over/);
    t.match((await stranger.post(late.link, { decision: 'approve' })).status, 303);
    t.match((await tablet.get(late.waiting)).html, /Nobody has answered/);
    const [visit] = (await visits.list(SITE, { words: ['ada'], limit: 5 })).items;
    t.ok(visit, 'only the one that was let in');
  });

  await t.test('who was blocked meanwhile is not let in; the host reads that it is over', async (t) => {
    const { waiting, link } = await ask();
    t.match((await stranger.get(link)).html, /Let in[\s\S]*Decline/);
    const { blocks } = runtime.services;
    const line = { kind: 'email', value: 'ada@example.com', note: 'took a chair' };
    const added = await blocks.add(SITE, line, 'test');
    t.match(await stranger.post(link, { decision: 'approve' }), { status: 303, location: link });
    const page = await stranger.get(link);
    t.match(page.html, /This request is over/);
    t.notMatch(page.html, /chair|block|Let in|Decline|<form/i);
    t.match((await tablet.get(waiting)).html, /Your host has been asked/, 'the visitor learns nothing of it');
    t.equal((await visits.list(SITE, { words: ['ada'], limit: 5 })).items.length, 1, 'the one from before');
    if (added.status === 'added') await blocks.remove(SITE, added.block.id, 'test');
    await stranger.post(link, { decision: 'decline' });
  });

  await t.test('a tablet follows its own requests only; a guessed link leads nowhere', async (t) => {
    const { waiting, link } = await ask();
    const other = await pair();
    t.equal((await other.get(waiting)).location, '/kiosk');
    t.equal((await tablet.get('/kiosk/waiting?r=AAAA')).location, '/kiosk');
    for (const url of [
      '/approve/x',
      `${link}x`,
      link.slice(0, -1),
      link.replace('main', 'other'),
      '/approve/..%2f',
    ])
      t.match((await stranger.get(url)).status, 404, url);
    t.equal(
      (await stranger.post('/approve/main.AAAAAAAAAAAAAAAAAAAAAA', { decision: 'approve' })).status,
      404,
    );
    const keys = (await runtime.server.redis.keys('*')).join(' ');
    t.notMatch(keys, link.split('.')[1], 'the link is kept nowhere in the clear');
  });

  await t.test('without approval the tablet shows the code at once', async (t) => {
    runtime.time.advance(3 * HOUR);
    await set({ 'walkIns.hostApproval': false, 'walkIns.minutes': 45 });
    const done = await tablet.post('/kiosk/walk-in', ADA);
    t.match(done, {
      status: 200,
      html: /Welcome, Ada Lovelace[\s\S]*Your code[\s\S]*opens the Wi-Fi until 14:46/,
    });
    await set({ 'walkIns.kiosk': false });
    t.equal((await tablet.get('/kiosk/walk-in')).location, '/kiosk');
    t.equal((await tablet.post('/kiosk/walk-in', ADA)).location, '/kiosk');
    t.notMatch((await tablet.get('/kiosk')).html, /walk-in/);
  });
});
