import t from 'tap';
import { isRefusal, startCli } from '../fixtures/cli.js';

const ADD = ['visit', 'add', '--name', 'Ada', '--arrives', '2099-11-23T09:00'];

t.test('sites are added, listed as the API does, and removed', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const added = await cli.json('site', 'add', 'annex');
  t.match(added, { id: 'annex', name: '', gateways: [] });
  const list = await cli.json('site', 'list');
  t.same(
    list.items.map(({ id }) => id),
    ['annex', 'main'],
  );
  t.same(await api.get('/sites'), list);
  t.match((await cli.run('site', 'list')).out, /^SITE +NAME +TIME ZONE +GATEWAYS\nannex/);
  t.same(await cli.json('site', 'remove', 'annex'), { id: 'annex', removed: true });
  t.same(
    (await cli.json('site', 'list')).items.map(({ id }) => id),
    ['main'],
  );
});

t.test('a site that cannot be added or removed is refused with the reason', async (t) => {
  const cli = await startCli(t);
  await cli.json('site', 'add', 'annex');
  await cli.json('gateway', 'set', 'roof', '--kind', 'demo', '--site', 'annex');
  const cases: [string, RegExp][] = [
    ['add annex', /site "annex" already/],
    ['add Annex_2', /1 to 32 of a-z/],
    ['remove main', /"main" is part of every Foyer/],
    ['remove attic', /no site "attic"/],
    ['remove At_tic', /no site "At_tic"/],
    ['remove annex', /gateways first: roof/],
  ];
  for (const [line, says] of cases) {
    const said = await cli.run('site', ...line.split(' '), '--json');
    t.ok(isRefusal(said, says), `${line}: ${said.err}`);
  }
});

t.test('a command works in the site that it names, before or after its name', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  await cli.json('site', 'add', 'annex');
  await cli.json('settings', 'set', 'site.timeZone', 'Asia/Tokyo', '--site', 'annex');
  const there = await cli.json(...ADD, '--site', 'annex');
  t.equal(there.timeZone, 'Asia/Tokyo');
  const here = await cli.json(...ADD);
  t.equal(here.timeZone, 'Europe/Berlin');
  const ids = async (...argv: string[]) => (await cli.json(...argv)).items.map(({ id }) => id);
  t.same(await ids('visit', 'list', '--site', 'annex'), [there.id]);
  t.same(await ids('--site', 'annex', 'visit', 'list'), [there.id]);
  t.same(await ids('--site=annex', 'visit', 'list'), [there.id]);
  t.same(await ids('visit', 'list'), [here.id]);
  t.ok(isRefusal(await cli.run('visit', 'show', here.id, '--site', 'annex'), /no visit/));
  t.same(
    (await api.get('/visits', { 'foyer-site': 'annex' })).items,
    (await cli.json('visit', 'list', '--site', 'annex')).items,
  );
  t.match(await cli.log('annex'), new RegExp(there.id));
  t.notMatch(await cli.log(), new RegExp(there.id));
});

t.test('a site that is not there is refused by every command', async (t) => {
  const cli = await startCli(t);
  const lines = ['visit list', 'grant list', 'gateway list', 'settings get', 'key add k --role desk'];
  for (const line of [...lines, 'admin add a@example.com --role desk', 'gateway set lan --kind demo']) {
    const said = await cli.run(...line.split(' '), '--site', 'attic');
    t.ok(isRefusal(said, /no site "attic"; foyer site list shows them/), `${line}: ${said.err}`);
  }
  t.same(
    (await cli.json('site', 'list')).items.map(({ id }) => id),
    ['main'],
  );
});
