import t from 'tap';
import { Compile } from 'typebox/compile';
import { networksHold } from '../../src/domain/gateway.js';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { createFlows } from '../../src/drivers/nftables/flows.js';
import { nftables } from '../../src/drivers/nftables/index.js';
import { fields, namesOf, ordersText, shapeText } from '../../src/drivers/nftables/ruleset.js';
import { networkOf } from '../../src/drivers/nftables/surroundings.js';

const lobby = 'lobby' as GatewayId;
const given = { interface: 'br-guests', allow: [] };

t.test('a redirect needs no query, and what it claims must be well-formed', async (t) => {
  t.strictSame(nftables.parseRedirect({}, given, ''), { keyed: false });
  t.strictSame(
    nftables.parseRedirect({ mac: '02-00-00-00-00-10', ip: '10.0.0.1', url: 'http://a/' }, given, ''),
    {
      mac: '02:00:00:00:00:10',
      ip: '10.0.0.1',
      url: 'http://a/',
      keyed: false,
    },
  );
  for (const query of [
    { mac: '' },
    { mac: 'zz' },
    { ip: '10.0.0' },
    { ip: '' },
    { mac: '020000000010', ip: 'x' },
  ]) {
    t.equal(
      nftables.parseRedirect(query as Record<string, string>, given, ''),
      undefined,
      JSON.stringify(query),
    );
  }
});

t.test('the fields take a name that an interface can have, and addresses', async (t) => {
  const check = Compile(fields);
  for (const good of [
    given,
    { interface: 'eth0.20', allow: ['192.0.2.1', '10.0.0.0/8', 'fd00::/8', '2001:db8::1'] },
  ]) {
    t.ok(check.Check(good), JSON.stringify(good));
  }
  for (const bad of [
    {},
    { allow: [] },
    { interface: '', allow: [] },
    { interface: 'sixteen-letters-x', allow: [] },
    { interface: 'a"b', allow: [] },
    { interface: 'br0', allow: ['example.org'] },
    { interface: 'br0', allow: ['10.0.0.0/33'] },
    { interface: 'br0', allow: ['fe80::1%eth0'] },
    { interface: 'br0', allow: ['10.0.0.1 accept'] },
  ]) {
    t.notOk(check.Check(bad), JSON.stringify(bad));
    if ('interface' in bad) {
      const shape = { gateway: lobby, fields: bad as typeof given, guestPort: 80 };
      t.throws(() => shapeText(shape), { code: 'misconfigured' }, 'and nothing of it ever reaches nft');
    }
  }
});

t.test('gateways never share a name', async (t) => {
  const ids = ['a', 'a-b', 'a-b-c', 'lobby-2'] as GatewayId[];
  const names = ids.flatMap((id) => Object.values(namesOf(id)));
  t.equal(new Set(names).size, names.length);
  for (const name of names) t.match(name, /^[a-z][a-z0-9_]*$/);
});

t.test('a time is told in whole seconds, rounded up, and never as none at all', async (t) => {
  const mac = '02:00:00:00:00:10' as ClientMac;
  const last = (seconds: number | undefined) =>
    ordersText(namesOf(lobby), [{ mac, seconds }]).trim().split('\n').at(-1);
  t.equal(last(0.2), `add element inet foyer allowed_lobby { ${mac} timeout 1s }`);
  t.equal(last(2.5), `add element inet foyer allowed_lobby { ${mac} timeout 3s }`);
  t.equal(last(30 * 86_400), `add element inet foyer allowed_lobby { ${mac} timeout 2592000s }`);
  t.equal(last(undefined), `delete element inet foyer allowed_lobby { ${mac} }`);
});

t.test("an interface's address and prefix give its network", async (t) => {
  const cases: [address: string, prefix: number, network: string][] = [
    ['10.77.0.1', 24, '10.77.0.0/24'],
    ['10.77.5.130', 25, '10.77.5.128/25'],
    ['172.16.200.9', 20, '172.16.192.0/20'],
    ['192.0.2.1', 32, '192.0.2.1/32'],
    ['fd00:77::1', 64, 'fd00:77::/64'],
    ['2001:db8:1:2:3:4:5:6', 60, '2001:db8:1::/60'],
    ['2001:db8::abcd', 112, '2001:db8:0:0:0:0:0:0/112'],
  ];
  for (const [address, prefix, network] of cases) {
    const found = networkOf(address, prefix);
    t.ok(networksHold([found])(address), `${found} holds ${address}`);
    if (!network.includes(':0:0:')) t.equal(found, network);
  }
});

t.test(
  'what is printed for the router names its files, and option 114 only where there is an API',
  async (t) => {
    const context = {
      gateway: lobby,
      fields: { interface: 'br-guests', allow: ['192.0.2.0/24'] },
      guestPort: 8080,
    };
    const text = (await nftables.rules?.(context)) ?? '';
    for (const name of ['/etc/foyer/lobby.nft', 'foyer-lobby.service', '/etc/dnsmasq.d/', '/etc/sysctl.d/'])
      t.match(text, name);
    t.match(text, 'ip daddr 192.0.2.0/24');
    t.notMatch(text, /114|option6:103/);
    t.match(
      await nftables.rules?.({ ...context, captiveApiUrl: 'https://p.example/captive-portal/api' }),
      /dhcp-option=114,"https/,
    );
  },
);

t.test('of flows that began without a table only those of strangers to the outside are cut', async (t) => {
  const rest = 'sport=4000 dport=9000 src=203.0.113.10 dst=203.0.113.2 sport=9000 dport=4000 mark=0 use=1';
  const listing = [
    `udp      17 118 src=10.77.0.101 dst=203.0.113.10 ${rest}`,
    `udp      17 118 src=10.77.0.102 dst=203.0.113.10 ${rest}`,
    `udp      17 29 src=10.77.0.103 dst=10.77.0.1 ${rest}`,
    `tcp      6 431999 ESTABLISHED src=10.77.0.104 dst=203.0.113.10 ${rest}`,
    `udp      17 29 src=192.0.2.7 dst=203.0.113.10 ${rest}`,
  ].join('\n');
  const told: string[] = [];
  const flows = createFlows(
    async (_, args, input = '') => {
      if (args[0] !== '-L') told.push(input);
      return { code: 0, stdout: args[0] === '-L' && args.includes('ipv4') ? listing : '', stderr: '' };
    },
    { info: () => undefined, warn: () => undefined },
  );
  for (const n of [1, 2, 3, 4]) flows.note(`10.77.0.10${n}`, `02:00:00:00:00:1${n}` as ClientMac);
  flows.note('fd00:77::102', '02:00:00:00:00:12' as ClientMac);
  await flows.cutOthers(new Set(['02:00:00:00:00:11' as ClientMac]), ['10.77.0.0/24']);
  t.equal(told.length, 1);
  t.match(told[0], '-D -f ipv4 -s 10.77.0.102 -p udp');
  t.match(told[0], '-D -f ipv6 -s fd00:77::102 -p udp');
  t.notMatch(
    told[0],
    /10\.77\.0\.10[134]|192\.0\.2/,
    'who passes, who asks for names, and TCP are left alone',
  );
});
