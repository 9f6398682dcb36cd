import t from 'tap';
import { SETTING_NAMES } from '../../src/domain/settings.js';
import { isRefusal, startCli } from '../fixtures/cli.js';

t.test('every kind of setting is set and read, as the API has it', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const cases: [string, string, unknown][] = [
    ['tokens.enabled', 'false', false],
    ['tokens.enabled', 'true', true],
    ['tokens.durationMinutes', '90', 90],
    ['tokens.validFrom', 'check-in', 'check-in'],
    ['tokens.earlyMinutes', '0', 0],
    ['tokens.downKbps', '5000', 5000],
    ['tokens.downKbps', '', null],
    ['pin.length', '8', 8],
    ['pin.length', 'auto', 'auto'],
    ['pin.guessOdds', '0.001', 0.001],
    ['pin.guessOdds', '1e-6', 1e-6],
    ['site.timeZone', 'America/New_York', 'America/New_York'],
    ['site.name', 'Harbour House', 'Harbour House'],
    ['site.name', '', ''],
    ['portal.accent', '#0C655C', '#0C655C'],
    ['portal.accent', '', ''],
    ['portal.languages', 'de, en fr', ['de', 'en', 'fr']],
    ['portal.languages', '', []],
    ['portal.logo', '', ''],
    ['portal.welcome', 'Good to have you here = truly', 'Good to have you here = truly'],
  ];
  for (const [key, text, value] of cases) {
    const saved = await cli.json('settings', 'set', key, text);
    t.same(saved.values[key], value, `${key} ${text}`);
    t.same(await cli.json('settings', 'get', key), value);
    t.same(await api.get('/settings'), saved);
  }
  const all = await cli.json('settings', 'get');
  t.same(await api.get('/settings'), all);
  t.same(Object.keys(all.values).sort(), [...SETTING_NAMES].sort());
});

t.test('people read a setting on a line of its own', async (t) => {
  const cli = await startCli(t);
  t.match(await cli.run('settings', 'set', 'tokens.maxDevices', '3'), {
    code: 0,
    out: 'tokens.maxDevices is 3 now.\n',
    err: '',
  });
  t.match(await cli.run('settings', 'get', 'tokens.maxDevices'), { code: 0, out: '3\n' });
  t.equal((await cli.run('settings', 'set', 'tokens.upKbps', '')).out, 'tokens.upKbps is empty now.\n');
  const lines = (await cli.run('settings', 'get')).out.trimEnd().split('\n');
  t.equal(lines.length, SETTING_NAMES.length);
  t.ok(lines.some((line) => /^tokens\.maxDevices +3$/.test(line)));
});

t.test('a secret is set and not read', async (t) => {
  const cli = await startCli(t);
  const key = 'portal.wifiPassword';
  t.equal((await cli.run('settings', 'get', key)).out, '', 'none is set');
  const said = [
    await cli.run('settings', 'set', key, 'open sesame'),
    await cli.run('settings', 'get', key),
    await cli.run('settings', 'get'),
  ].map(({ out }) => out);
  t.match(said, ['portal.wifiPassword is set now.\n', '(set, and not shown)\n', /wifiPassword +\(set,/]);
  t.notMatch(said.join(), /sesame/);
  t.equal(await cli.json('settings', 'get', key), null);
  t.notMatch(JSON.stringify(await cli.json('settings', 'get')), /sesame/);
  t.equal((await cli.run('settings', 'set', key, '')).out, 'portal.wifiPassword is empty now.\n');
});

t.test('a wrong value is refused with what the setting takes, and nothing changes', async (t) => {
  const cli = await startCli(t);
  const before = await cli.json('settings', 'get');
  const cases: [string, string, RegExp][] = [
    ['tokens.enabled', 'yes', /true or false/],
    ['tokens.durationMinutes', '0', /whole number from 1/],
    ['tokens.durationMinutes', 'an hour', /whole number/],
    ['tokens.durationMinutes', '', /whole number/],
    ['tokens.durationMinutes', '1.5', /whole number/],
    ['tokens.maxDevices', '101', /from 1 to 100/],
    ['tokens.validFrom', 'never', /one of expected-arrival, check-in, first-use/],
    ['tokens.downKbps', '0', /or nothing/],
    ['pin.length', '4', /auto or a whole number from 5 to 10/],
    ['pin.guessOdds', '0.5', /0\.000001 to 0\.05/],
    ['site.timeZone', 'Mars/Olympus', /such as Europe\/Berlin/],
    ['site.timeZone', '+01:00', /such as Europe\/Berlin/],
    ['site.name', 'x'.repeat(61), /at most 60/],
    ['portal.welcome', 'two\nlines', /one line/],
    ['retention.days', '0', /from 1 to 3650/],
    ['no.such', '1', /There is no setting "no\.such"/],
    ['__proto__', '1', /There is no setting "__proto__"/],
  ];
  for (const [key, text, says] of cases) {
    const said = await cli.run('settings', 'set', key, text, '--json');
    t.ok(isRefusal(said, says) && said.err.includes(key), `${key} ${text}: ${said.err}`);
  }
  t.ok(isRefusal(await cli.run('settings', 'get', 'no.such'), /"no\.such"\. There are: tokens\.enabled, /));
  t.same(await cli.json('settings', 'get'), before);
});

t.test('of many changes at the same time none is lost', async (t) => {
  const cli = await startCli(t);
  const changes: [string, string][] = [
    ['tokens.durationMinutes', '90'],
    ['tokens.earlyMinutes', '15'],
    ['tokens.maxDevices', '4'],
    ['retention.days', '7'],
    ['pin.length', '9'],
  ];
  const done = await Promise.all(changes.map(([key, text]) => cli.run('settings', 'set', key, text)));
  t.same(
    done.map(({ code }) => code),
    [0, 0, 0, 0, 0],
  );
  const { values } = await cli.json('settings', 'get');
  for (const [key, text] of changes) t.equal(values[key], Number(text), key);
});

t.test('a value that begins with @ is what stands in a file: a picture, or text', async (t) => {
  const cli = await startCli(t);
  const dir = t.testdir({
    'logo.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="3" height="1"/></svg>',
    'terms.txt': 'Be kind.\n\nWe keep your name for 30 days.\n',
    'photo.png': 'no picture',
  });
  const logo = await cli.json('settings', 'set', 'portal.logo', `@${dir}/logo.svg`);
  t.match(logo.values['portal.logo'], /^data:image\/png;base64,/);
  const terms = await cli.json('settings', 'set', 'portal.terms', `@${dir}/terms.txt`);
  t.equal(terms.values['portal.terms'], 'Be kind.\n\nWe keep your name for 30 days.');
  for (const [key, value, why] of [
    ['portal.logo', `@${dir}/photo.png`, /no picture/],
    ['portal.terms', `@${dir}/nosuch.txt`, /cannot be read \(ENOENT\)/],
    ['portal.accent', 'teal', /#0c655c/],
    ['portal.languages', 'de tlh', /"tlh"/],
  ] as const)
    t.ok(isRefusal(await cli.run('settings', 'set', key, value), why), key);
});
