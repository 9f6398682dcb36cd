import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import t from 'tap';
import { buildPeopleServer } from '../../src/http/people-server.js';
import { startAdmin } from '../fixtures/admin.js';
import { contextOf, originOf, type Scheme, startBrowser } from '../fixtures/browser.js';
import { pairOn } from '../fixtures/people.js';
import { keepPictures, type Picture } from '../fixtures/pictures.js';
import { DEMO, eventually, HOUR, MINUTE, NINE, SITE, silent, testClock } from '../fixtures/runtime.js';
import { actions, boxes, iso, type Made } from '../fixtures/story.js';

const NAMES =
  'Alan Turing,Ada Lovelace,Mary Somerville,Max Hohenstein,Bo Li,Óscar Núñez,Grace Hopper,Priya Raghunathan,Jean-Luc Dupont,Łukasz Żółć,Chen Wei,Fatima Al-Sayed,Tom Baker,Ingrid Sørensen,Kwame Mensah,Zoë van der Berg';
const HOSTS = ['Bob Miller', 'Carol Núñez', 'Dan Okoro', 'Erin Walsh'];
const SETTINGS = {
  'site.name': 'Harbour House',
  'site.timeZone': 'Europe/Berlin',
  'portal.ssid': 'Harbour Guests',
  'portal.welcome': 'Good to have you here.',
  'portal.deskHint': 'The desk is on the ground floor, open from 8:00 to 18:00.',
  'walkIns.kiosk': true,
  'walkIns.hosts': 'Bob Miller <bob@example.com>\nCarol Núñez <carol@example.com>',
};

/** A page without what is drawn anew each time: ids, PINs as wholes and in halves, tokens, pictures of codes. */
const same = (html: string, made: readonly Made[]): string =>
  made
    .flatMap(({ id, pin }) => [
      id,
      pin,
      `${pin.slice(0, 4)} ${pin.slice(4)}`,
      `>${pin.slice(0, 4)}<`,
      `>${pin.slice(4)}<`,
    ])
    .reduce((text, drawn) => text.replaceAll(drawn, 'DRAWN'), html)
    .replace(/base64,[\w+/=]+|\/claim\/[\w-]+|since=[\w-]+/g, 'DRAWN')
    .replace(/[\w-]{16,}/g, (word) => (/\d/.test(word) ? 'DRAWN' : word));

/** A morning in a house: some are here, some are late, one came too early. */
async function morning(t: Parameters<typeof startAdmin>[0]) {
  const time = testClock(NINE - 2 * HOUR);
  const { of, kinds } = boxes();
  const urls = {
    ADMIN_URL: 'http://localhost:8081',
    PEOPLE_URL: 'http://localhost:8082',
    PORTAL_URL: 'http://wifi.example.com',
  };
  const admin = await startAdmin(t, { started: true, time, kinds, env: urls });
  const { runtime, app } = admin;
  const { visits, mail } = runtime.services;
  const { redeem, set } = actions(runtime);
  const box = of(DEMO);
  await eventually(() => box.lists > 0 && runtime.worker?.holds(DEMO));
  await set(SETTINGS);
  const owner = await admin.as('owner');
  for (const step of ['gateway', 'mail']) await owner.post('/wizard/later', { step });
  const made: Made[] = [];
  const by = `person:${owner.person}`;
  for (const [i, name] of NAMES.split(',').entries()) {
    const input = {
      name,
      email: `visitor${i}@example.com`,
      host: HOSTS[i % 4],
      hostEmail: 'bob@example.com',
      expectedArrival: iso(NINE - 150 * MINUTE + i * 25 * MINUTE),
      durationMinutes: [60, 480, 120, 240][i % 4],
    };
    const registered = await visits.register(SITE, input, by);
    if (registered.status !== 'registered') throw new Error(registered.status);
    made.push({ id: registered.visit.id, pin: registered.pin });
  }
  // No mail server: each mail is kept for the outbox, before the next thing happens.
  const kept = () =>
    eventually(async () =>
      (await mail.outbox(SITE, { limit: 200 })).items.every(({ state }) => state === 'held'),
    );
  await kept();
  const visitor = (i: number) => made[i] ?? { id: '', pin: '' };
  await redeem(20, visitor(12).pin);
  const come = async (i: number, at: number) => {
    time.set(at);
    await redeem(i + 1, visitor(i).pin);
    await visits.checkIn(SITE, visitor(i).id, by);
  };
  for (const i of [0, 1, 2, 3, 5]) await come(i, NINE - 146 * MINUTE + i * 25 * MINUTE);
  time.set(NINE - 9 * MINUTE);
  await redeem(7, visitor(6).pin);
  await come(6, NINE + 2 * MINUTE);
  await come(7, NINE + 27 * MINUTE);
  await visits.cancel(SITE, visitor(8).id, by);
  await visits.checkOut(SITE, visitor(5).id, by);
  await kept();
  const people = await buildPeopleServer(runtime, silent);
  t.teardown(() => people.close());
  await people.ready();
  const tablet = await pairOn(people, runtime);
  return { runtime, app, people, owner, tablet, grace: visitor(6), made };
}

t.test(
  'the pictures of the admin’s, the desk’s and the visitor’s side are of what they are now',
  async (t) => {
    const { runtime, app, people, owner, tablet, grace, made } = await morning(t);
    let browser: Promise<Browser> | undefined;
    const tab = async (origin: string, cookie: string | undefined, scheme: Scheme, width = 1280) => {
      browser ??= startBrowser(t);
      const context = await contextOf(await browser, origin, {
        scheme,
        width,
        ...(cookie ? { cookie } : {}),
      });
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 800 });
      return page;
    };
    const sheet = (name: string) => readFileSync(`public/${name}.css`, 'utf8');
    const lang = { 'accept-language': 'en-GB' };

    const ofAdmin = async (file: string, path: string, scheme: Scheme = 'light'): Promise<Picture> => ({
      file: `admin-${file}.png`,
      source: same((await owner.get(path, lang)).html, made) + sheet('style'),
      async open(): Promise<Page> {
        const page = await tab(await originOf(app), owner.cookie, scheme);
        // The browser's clock is that of the house, which is an hour from UTC.
        await page.clock.setFixedTime(runtime.now() + HOUR);
        await page.goto(path);
        if ((await page.locator('[data-stream]').count()) > 0)
          await page.locator('[data-stream-state]', { hasText: 'Live' }).waitFor();
        return page;
      },
    });
    const [mail] = (await runtime.services.mail.ofVisit(SITE, grace.id)).filter(
      ({ kind }) => kind === 'registered',
    );
    const shown = await runtime.services.mail.show(SITE, mail?.id ?? '', `person:${owner.person}`);
    if (!shown) throw new Error('no mail');
    await keepPictures(t, 'house.sha256', [
      await ofAdmin('home', '/'),
      await ofAdmin('visit', `/visits/${grace.id}`),
      await ofAdmin('visits', '/visits'),
      await ofAdmin('settings', '/settings/portal', 'dark'),
      {
        file: 'kiosk.png',
        source: same((await tablet.get('/kiosk', lang)).html, made) + sheet('style') + sheet('kiosk'),
        async open() {
          const page = await tab(await originOf(people), tablet.cookie, 'light');
          await page.goto('/kiosk');
          return page;
        },
      },
      {
        file: 'mail.png',
        source: same(shown.html, made),
        fullPage: true,
        async open() {
          const page = await tab(await originOf(app), undefined, 'light', 390);
          await page.setContent(shown.html);
          return page;
        },
      },
    ]);
  },
);
