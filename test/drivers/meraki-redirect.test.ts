import fc from 'fast-check';
import t from 'tap';
import { Value } from 'typebox/value';
import type { GatewayId } from '../../src/domain/id.js';
import { meraki } from '../../src/drivers/meraki/index.js';
import { GRANT_URL, KEY, NETWORK, SSID } from '../emulators/meraki.js';
import { HOUR, MINUTE, NINE } from '../fixtures/runtime.js';
import { MAC } from './contract.js';

const PORTAL = 'http://portal.example:8080';
const BACK = `${PORTAL}/status?s=a-b_c`;
const fieldsOf = (url: string) => ({
  accept: 'does not enforce the PIN' as const,
  apiKey: KEY,
  networkId: NETWORK,
  ssid: SSID,
  url,
});

t.test('a redirect is read, and its grant URL is the handle', async (t) => {
  const query = {
    base_grant_url: GRANT_URL,
    user_continue_url: 'http://neverssl.com/',
    node_id: '149624922840090',
    node_mac: '88:15:44:60:1C:1A',
    gateway_id: '149624922840090',
    client_ip: '10.255.60.208',
    client_mac: 'F4:5C:89:9B:17:67',
  };
  const fields = fieldsOf('https://api.meraki.com/api/v1');
  t.strictSame(meraki.parseRedirect(query, fields, ''), {
    mac: 'f4:5c:89:9b:17:67',
    handle: GRANT_URL,
    ip: '10.255.60.208',
    ap: '88:15:44:60:1c:1a',
    url: 'http://neverssl.com/',
    keyed: false,
  });
  for (const more of [{ client_mac: 'ff:ff:96:d5:d5' }, { base_grant_url: '' }, { base_grant_url: 'x' }])
    t.equal(meraki.parseRedirect({ ...query, ...more }, fields, ''), undefined, JSON.stringify(more));
  t.equal(meraki.parseRedirect({}, fields, ''), undefined);
});

const hostile = [
  'http://n143.network-auth.com/splash/grant',
  'https://network-auth.com.evil.example/splash/grant',
  'https://evilnetwork-auth.com/splash/grant',
  'https://evil.example/splash/grant?x=.network-auth.com',
  'https://evil.example\\.network-auth.com/splash/grant',
  'https://evil.example#.network-auth.com/splash/grant',
  'https://n143.network-auth.com@evil.example/splash/grant',
  'https://user:pass@n143.network-auth.com/splash/grant',
  'https://n143.network-auth.com:8443/splash/grant',
  'https://n143.network-auth.com./splash/grant',
  'https://network-auth.com/splash/grant',
  'https://n143.network-auth.com/logout',
  'https://n143.network-auth.com/splash/../logout',
  'javascript:alert(1)//.network-auth.com/splash/grant',
  '//n143.network-auth.com/splash/grant',
  `https://n143.network-auth.com/splash/${'a'.repeat(400)}`,
];

const order = { mac: MAC, until: NINE + 1, now: NINE, goodUntil: NINE + MINUTE, back: BACK };
const parse = (base_grant_url: string) =>
  meraki.parseRedirect({ base_grant_url, client_mac: MAC }, fieldsOf('https://x.example'), '');
const send = (handle: string) => meraki.handoff?.({ ...order, handle }, fieldsOf('https://x.example'));

t.test('a grant URL that is not Meraki’s is refused, in the redirect and again in the handoff', async (t) => {
  for (const url of hostile) {
    t.equal(parse(url), undefined, url);
    t.equal(send(url), undefined, url);
  }
});

t.test('whatever a link says, a browser is sent to Meraki alone', async (t) => {
  const pieces = fc.constantFrom(
    ...['https://', 'http:', '//', 'n143', '.network-auth.com', 'network-auth.com', 'evil.example', '/'],
    ...[
      'splash/grant',
      '@',
      ':',
      ':443',
      '\\',
      '#',
      '?',
      '&continue_url=',
      '%2e',
      '..',
      '\t',
      '\n',
      ' ',
      'é',
    ],
  );
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.array(pieces, { maxLength: 9 }).map((all) => all.join('')),
    fc.array(pieces, { maxLength: 4 }).map((all) => `${GRANT_URL}${all.join('')}`),
  );
  let sent = 0;
  fc.assert(
    fc.property(text, (link) => {
      const claim = parse(link);
      const made = send(claim?.handle ?? link);
      if (!claim || !made) return !claim && !made;
      sent++;
      const { protocol, host, username, password, searchParams } = new URL(made.url);
      return (
        protocol === 'https:' &&
        /^[a-z0-9.-]+\.network-auth\.com$/.test(host) &&
        `${username}${password}` === '' &&
        searchParams.getAll('continue_url').join() === BACK &&
        searchParams.getAll('duration').join() === '1'
      );
    }),
    { numRuns: 3000 },
  );
  t.ok(sent > 50, `${sent} of them were good`);
});

t.test('the seconds are rounded up, and a time that is over opens nothing', async (t) => {
  const seconds = (until: number) => {
    const made = meraki.handoff?.({ ...order, handle: GRANT_URL, until }, fieldsOf('https://x.example'));
    return made && new URL(made.url).searchParams.get('duration');
  };
  t.equal(seconds(NINE + 1), '1');
  t.equal(seconds(NINE + 1001), '2');
  t.equal(seconds(NINE + 30 * 24 * HOUR), '2592000');
  t.equal(seconds(NINE), undefined);
  t.equal(seconds(NINE - 1), undefined);
});

t.test('without the words, the key or the network there is no such gateway', async (t) => {
  const good = fieldsOf('https://api.meraki.com/api/v1');
  t.ok(Value.Check(meraki.fields, good));
  t.equal((meraki.fields.properties.url as { default?: string }).default, good.url);
  t.equal((meraki.fields.properties.apiKey as { secret?: boolean }).secret, true);
  const bad = [
    { accept: undefined },
    { accept: 'yes' },
    { apiKey: '' },
    { networkId: '../organizations' },
    { ssid: 15 },
    { ssid: -1 },
  ];
  for (const more of bad) t.notOk(Value.Check(meraki.fields, { ...good, ...more }), JSON.stringify(more));
});

t.test('what is set in the Dashboard is printed', async (t) => {
  const context = { gateway: 'lobby' as GatewayId, fields: fieldsOf('https://x.example'), guestPort: 8080 };
  const text = await meraki.rules?.({ ...context, portalUrl: PORTAL });
  t.match(text, `Custom splash URL: ${PORTAL}/enter/lobby`);
  t.match(text, 'Walled garden: enabled, portal.example');
  t.match(await meraki.rules?.(context), 'http://ADDRESS:8080/enter/lobby');
});
