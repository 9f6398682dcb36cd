import t from 'tap';
import { Compile } from 'typebox/compile';
import type { RulesContext } from '../../src/drivers/driver.js';
import { type UnifiFields, unifi } from '../../src/drivers/unifi/index.js';
import { tooOld } from '../../src/drivers/unifi/key.js';

const fields: UnifiFields = { url: 'https://192.0.2.1', unifiSite: 'default' };

/** As the guest listener reads a query: the first value of each name. */
function parse(query: string) {
  const pairs = [...new URLSearchParams(query)].reverse();
  return unifi.parseRedirect(Object.fromEntries(pairs), fields, query);
}

t.test('the redirect of UniFi is read, whatever of it is missing', (t) => {
  t.strictSame(
    parse(
      'ap=f0:9f:c2:00:00:02&id=02:11:22:33:44:55&t=1770000000&url=http://captive.apple.com%2F&ssid=Cafe%20Guest%20',
    ),
    {
      mac: '02:11:22:33:44:55',
      ap: 'f0:9f:c2:00:00:02',
      via: 'f0:9f:c2:00:00:02',
      ssid: 'Cafe Guest ',
      url: 'http://captive.apple.com/',
      keyed: false,
    },
  );
  t.strictSame(parse('id=02-11-22-33-44-55'), { mac: '02:11:22:33:44:55', keyed: false });
  t.strictSame(parse('ap=&&id=02:11:22:33:44:55&&url=&ssid='), { mac: '02:11:22:33:44:55', keyed: false });
  t.match(parse('id=02:11:22:33:44:55&url=http://x.example/?a=1&id=02:00:00:00:00:09'), {
    mac: '02:11:22:33:44:55',
    url: 'http://x.example/?a=1',
  });
  t.end();
});

t.test('what is no redirect of UniFi, or of its own portal, is refused', (t) => {
  for (const query of [
    '',
    'id=',
    'id=x',
    'id=ff:ff:ff:ff:ff:ff',
    `id=${'0'.repeat(5000)}`,
    'id=02:11:22:33:44:55&ap=x',
    'ap=f0:9f:c2:00:00:02&ec=Zm9v',
    'ap=f0:9f:c2:00:00:02&ec=Zm9v&id=02:11:22:33:44:55',
    'mac=02:11:22:33:44:55',
  ])
    t.equal(parse(query), undefined, query.slice(0, 60));
  t.strictSame(
    parse(`id=02:11:22:33:44:55&url=${'x'.repeat(5000)}&ssid=${'y'.repeat(99)}`),
    { mac: '02:11:22:33:44:55', keyed: false },
    'too long is left out',
  );
  t.end();
});

t.test('fields: a site has a short name, and there is one credential', async (t) => {
  const check = Compile(unifi.fields);
  t.ok(check.Check(fields));
  t.ok(check.Check({ ...fields, url: 'https://unifi.example:8443', fingerprint: 'AB'.repeat(32) }));
  t.notOk(check.Check({ ...fields, unifiSite: '../default' }));
  t.notOk(check.Check({ ...fields, url: 'ftp://192.0.2.1' }));
  for (const [given, said] of [
    [{}, /either username and password, or apiKey/],
    [{ username: 'a' }, /password is missing/],
    [{ password: 'a' }, /username is missing/],
    [{ username: 'a', password: 'b', apiKey: 'c' }, /not both/],
  ] as const) {
    const log = { info: () => undefined, warn: () => undefined };
    const context = { gateway: 'unifi' as never, now: () => 0, guestPort: 80, log };
    const driver = unifi.connect({ ...context, fields: { ...fields, ...given } });
    const { ok, problems } = await driver.check();
    t.notOk(ok);
    t.match(problems.join(' '), said);
    await t.rejects(driver.deauthorize({ mac: '02:11:22:33:44:55' as never, ips: [] }), {
      code: 'misconfigured',
    });
    await driver.close();
  }
  t.equal(unifi.modeOf?.({ ...fields, username: 'a', password: 'b' }), 0);
  t.equal(unifi.modeOf?.({ ...fields, apiKey: 'c' }), 1);
});

const context = (more: Partial<RulesContext<UnifiFields>>): RulesContext<UnifiFields> => ({
  gateway: 'unifi' as never,
  fields: { ...fields, unifiSite: 'x7k2m9pq' },
  guestPort: 8080,
  ...more,
});

t.test('a portal that UniFi cannot send guests to is told how', (t) => {
  const advice = (more: Partial<RulesContext<UnifiFields>>) => unifi.advice?.(context(more)).join('\n');
  const nowhere = advice({});
  t.match(nowhere, 'port 80');
  t.match(
    nowhere,
    /PORTAL_URL to http:\/\/<this machine's address>, without a port/,
    'which ends this advice',
  );
  t.match(nowhere, '/guest/s/x7k2m9pq/');
  t.match(nowhere, /^.*nft 'add table ip .*tcp dport 80 redirect to :8080'/m);
  t.match(
    nowhere,
    'iptables -t nat -A PREROUTING -p tcp --dport 80 -m addrtype --dst-type LOCAL -j REDIRECT --to-ports 8080',
  );
  t.match(
    advice({ portalUrl: 'https://portal.example:8443' }),
    /https:\/\/portal\.example, without a port.*dport 443 redirect to :8443/s,
  );
  t.notMatch(nowhere, ' | ', 'typed as it stands, one way would be piped into the other');
  for (const more of [
    { guestPort: 80 },
    { guestPort: 443 },
    { portalUrl: 'http://portal.example' },
    { portalUrl: 'https://portal.example' },
    { portalUrl: 'http://portal.example:80' },
  ])
    t.equal(advice(more), '', JSON.stringify(more));
  t.end();
});

t.test('the steps for the UniFi page name the portal, the site, and no secret', async (t) => {
  const secrets = { username: 'foyer', password: 'hunter2hunter2' };
  const text = await unifi.rules?.(
    context({ portalUrl: 'http://192.0.2.10:8080', fields: { ...fields, ...secrets } }),
  );
  t.match(text, /External Portal Server.*192\.0\.2\.10/s);
  t.match(text, '/guest/s/default/');
  t.match(text, 'Restrict to local access');
  t.match(text, '--to-ports 8080');
  t.notMatch(text, 'hunter2');
  const key = await unifi.rules?.(
    context({ portalUrl: 'https://portal.example', fields: { ...fields, apiKey: 'k-secret' } }),
  );
  t.match(key, 'Integrations');
  t.notMatch(key, 'k-secret');
  t.notMatch(key, 'iptables');
});

t.test('versions are compared by their numbers', (t) => {
  for (const version of ['', '8.6.9', '9.0.114', '9.1.104', '9.1']) t.ok(tooOld(version), version);
  for (const version of ['9.1.105', '9.1.120', '9.2.0', '10.0.1', '10.5.66'])
    t.notOk(tooOld(version), version);
  t.end();
});
