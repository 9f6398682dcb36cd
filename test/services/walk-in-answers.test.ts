import t from 'tap';
import type { Mail } from '../../src/domain/mail.js';
import { MAIL_LANGUAGES, mailTexts } from '../../src/services/mail/texts/catalogue.js';
import { DAY, DEMO, eventually, HOUR, SITE, startRuntime, type TestRuntime } from '../fixtures/runtime.js';
import { mac } from '../fixtures/story.js';

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', host: 'bob' };
const HOSTS = Array.from({ length: 20 }, (_, n) => `Host ${n} <host${n}@example.com>`);

function actionsOf(runtime: TestRuntime) {
  const { walkIns, settings, mail } = runtime.services;
  const ask = async (n: number, form = ADA, language = 'en'): Promise<string> => {
    const place = { client: { gateway: DEMO, mac: mac(n) } };
    const asked = await walkIns.begin(SITE, { place, form, language });
    if (asked.status !== 'asked') throw new Error(asked.status);
    return asked.request;
  };
  return {
    ask,
    open: () =>
      settings.change(
        SITE,
        { 'walkIns.portal': true, 'walkIns.hosts': ['Bob <bob@example.com>', ...HOSTS].join('\n') },
        undefined,
        'test',
      ),
    mails: async (kind: Mail['kind']): Promise<Mail[]> =>
      (await mail.outbox(SITE, { limit: 200 })).items.filter((one) => one.kind === kind),
  };
}

t.test('what a mail tells of and the mail itself are one step', async (t) => {
  const runtime = await startRuntime(t);
  const { server, services, stores } = runtime;
  const { ask, open, mails } = actionsOf(runtime);
  await open();

  /** Redis and the process die as soon as this step is done. */
  async function dying(step: 'ask' | 'answer', work: () => Promise<unknown>): Promise<void> {
    const store = stores.walkIns as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const real = store[step] as (...args: unknown[]) => Promise<unknown>;
    store[step] = async (...args) => {
      await real(...args);
      await server.stop('SIGKILL');
      throw new Error('it died');
    };
    await t.rejects(work(), /it died/);
    store[step] = real;
    await server.restart();
    await eventually(() => runtime.redis.ready(100));
  }

  await dying('ask', () => ask(1));
  const [request] = await services.walkIns.open(SITE);
  t.match(request, { name: 'Ada Lovelace' });
  const asking = await mails('host-approval');
  t.match(asking, [{ state: 'queued', expiresAt: request?.answerBy }], 'the host will be asked');
  const shown = await services.mail.show(SITE, asking[0]?.id ?? '', 'test');
  const code = /\/approve\/(\S+)/.exec(shown?.text ?? '')?.[1] ?? '';
  t.match((await services.walkIns.byLink(code))?.request, { id: request?.id }, 'by a link that works');

  await dying('answer', () => services.walkIns.decline(SITE, request?.id ?? '', 'host'));
  t.match(await services.walkIns.find(SITE, request?.id ?? ''), { answer: { outcome: 'declined' } });
  t.match(await mails('walk-in-answer'), [{ state: 'queued' }], 'the visitor will be told');
});

t.test('visitors are told by mail what became of their request', async (t) => {
  const runtime = await startRuntime(t);
  const { walkIns, mail } = runtime.services;
  const { ask, open, mails } = actionsOf(runtime);
  await open();
  let n = 0;

  await t.test('declined, in the language in which it was asked', async (t) => {
    t.equal(MAIL_LANGUAGES.length, 13);
    for (const [i, language] of MAIL_LANGUAGES.entries()) {
      const request = await ask(++n, { ...ADA, host: `host${i}@example.com` }, language);
      t.match(await walkIns.decline(SITE, request, 'host'), { status: 'answered' });
      const told = await mails('walk-in-answer');
      t.equal(told.length, i + 1);
      runtime.time.advance(1);
      const shown = await mail.show(SITE, told[0]?.id ?? '', 'test');
      const texts = mailTexts(language);
      t.match(shown?.to, { name: 'Ada Lovelace', address: 'ada@example.com' });
      t.equal(shown?.lang, language);
      t.ok(shown?.text.includes(texts.walkInAnswer.declined), language);
      t.ok(shown?.text.includes(`Host ${i}`), 'who was meant');
      t.notMatch(`${shown?.subject} ${shown?.text}`, /[{}]|https?:|undefined/, language);
      t.match(texts.walkInAnswer.declined, /\S[.。]$/u);
    }
    t.equal(
      new Set(MAIL_LANGUAGES.map((language) => mailTexts(language).walkInAnswer.declined)).size,
      13,
      'no language has the words of another',
    );
    t.same(await mails('registered'), []);
  });

  await t.test('approved, by the mail with the PIN and no other', async (t) => {
    runtime.time.advance(3 * HOUR);
    const before = (await mails('walk-in-answer')).length;
    t.match(await walkIns.approve(SITE, await ask(++n), 'host'), { status: 'answered' });
    t.equal((await mails('walk-in-answer')).length, before);
    t.equal((await mails('registered')).length, 1);
  });

  await t.test('once, however many answer at once', async (t) => {
    for (let i = 0; i < 6; i++) {
      runtime.time.advance(3 * HOUR);
      const before = [await mails('walk-in-answer'), await mails('registered')].map(({ length }) => length);
      const request = await ask(++n);
      const answers = await Promise.all([
        walkIns.decline(SITE, request, 'a'),
        walkIns.approve(SITE, request, 'b'),
        walkIns.decline(SITE, request, 'c'),
      ]);
      const first = answers.find(({ status }) => status === 'answered');
      const declined = first?.status === 'answered' && first.outcome === 'declined';
      const [no = 0, yes = 0] = before;
      t.equal((await mails('walk-in-answer')).length, no + (declined ? 1 : 0));
      t.equal((await mails('registered')).length, yes + (declined ? 0 : 1));
    }
  });

  await t.test('a day later it says nothing any more, and who is erased is not written to', async (t) => {
    runtime.time.advance(3 * HOUR);
    await walkIns.decline(SITE, await ask(++n), 'host');
    const [told] = await mails('walk-in-answer');
    runtime.time.advance(DAY);
    t.equal(await mail.show(SITE, told?.id ?? '', 'test'), undefined);
    await runtime.services.privacy.erase(SITE, { email: ADA.email }, {}, 'test');
    t.same(await mails('walk-in-answer'), []);
    t.same(await mails('host-approval'), [], 'nor is anybody written to about them');
  });

  await t.test('nor about who is erased by one visit of several, or by a device', async (t) => {
    const { privacy } = runtime.services;
    runtime.time.advance(3 * HOUR);
    const one = await walkIns.approve(SITE, await ask(++n), 'host');
    const other = await walkIns.approve(SITE, await ask(++n), 'host');
    if (one.status !== 'answered' || other.status !== 'answered') throw new Error('nobody was let in');
    runtime.time.advance(DAY);
    await privacy.erase(SITE, { email: ADA.email }, { visits: [one.visit ?? ''] }, 'test');
    t.equal((await mails('host-approval')).length, 1, 'what asked for the other visit stays with it');
    await privacy.erase(SITE, { mac: mac(n) }, {}, 'test');
    t.same(await mails('host-approval'), []);

    await walkIns.decline(SITE, await ask(++n), 'host');
    await privacy.erase(SITE, { mac: mac(n) }, {}, 'test');
    t.same(await mails('host-approval'), []);
    t.same(await mails('walk-in-answer'), []);
  });
});

t.test('whoever the list of hosts takes can let somebody in, however the name is written', async (t) => {
  const runtime = await startRuntime(t);
  const { walkIns, settings, visits } = runtime.services;
  const { ask, open } = actionsOf(runtime);
  await open();
  const long = `Max ${'von '.repeat(60)}Zweig`;
  const hosts = `Bob\tMiller <bob@example.com>\n${long} <max@example.com>`;
  const saved = await settings.change(SITE, { 'walkIns.hosts': hosts }, undefined, 'test');
  t.equal(saved.status, 'saved');
  const hostOf = async (request: string) => {
    const done = await walkIns.approve(SITE, request, 'host');
    if (done.status !== 'answered') throw new Error(done.status);
    return (await visits.find(SITE, done.visit ?? ''))?.host;
  };
  t.equal(await hostOf(await ask(1, { ...ADA, host: 'Bob Miller' })), 'Bob Miller');
  t.equal(await hostOf(await ask(2, { ...ADA, host: 'max' })), long.slice(0, 200).trim());
});

t.test('who came onto the block list after asking is not let in', async (t) => {
  const runtime = await startRuntime(t);
  const { walkIns, blocks, visits, mail } = runtime.services;
  const { ask, open, mails } = actionsOf(runtime);
  await open();
  let n = 100;
  for (const [kind, value] of [
    ['name', 'Ada Lovelace'],
    ['email', '@example.com'],
    ['mac', ''],
  ] as const) {
    await t.test(kind, async (t) => {
      runtime.time.advance(3 * HOUR);
      const device = ++n;
      const request = await ask(device);
      const [asking] = await mails('host-approval');
      const shown = await mail.show(SITE, asking?.id ?? '', 'test');
      const code = /\/approve\/(\S+)/.exec(shown?.text ?? '')?.[1] ?? '';
      t.match(await walkIns.byLink(code), { state: 'open' });
      t.match(await walkIns.open(SITE), [{ id: request, problems: [] }]);
      const line = { kind, value: value || mac(device), note: 'took a chair' };
      const added = await blocks.add(SITE, line, 'test');
      if (added.status !== 'added') throw new Error(added.status);

      t.match(await walkIns.open(SITE), [
        { id: request, problems: [{ message: /block list \(took a chair\)/ }] },
      ]);
      t.match(await walkIns.byLink(code), { state: 'expired' }, 'the host reads that it is over');
      for (const answered of [
        await walkIns.answerByLink(code, 'approved'),
        await walkIns.approve(SITE, request, 'person:x'),
      ])
        t.match(answered, { status: 'blocked', problems: [{ message: /took a chair/ }] });
      t.same((await visits.list(SITE, { words: ['ada'], limit: 5 })).items, []);
      t.same(await mails('registered'), []);

      await blocks.remove(SITE, added.block.id, 'test');
      t.match(await walkIns.byLink(code), { state: 'open' });
      t.match(await walkIns.decline(SITE, request, 'person:x'), { status: 'answered' });
      t.match(await walkIns.approve(SITE, request, 'x'), { status: 'before', outcome: 'declined' });
      t.match(await walkIns.byLink(code), { state: 'declined' });
    });
  }
});
