import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type TSchema, Type } from 'typebox';
import { fieldsFromText } from '../../src/services/gateway-fields.js';
import { foyer, isRefusal, startCli } from '../fixtures/cli.js';

const LAN = ['gateway', 'set', 'lan', '--kind', 'nftables', 'interface=foyer-none0'];

t.test('a gateway is set, changed, listed and removed, as the API has it', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const lobby = await cli.json('gateway', 'set', 'lobby', '--kind', 'demo');
  t.match(lobby, { id: 'lobby', kind: 'demo', fields: {}, trust: 'redirect', secretsSet: [], health: null });
  const lan = await cli.json(...LAN);
  t.match(lan, { fields: { interface: 'foyer-none0', allow: [] }, guestNetworks: [], trust: 'verify' });
  const list = await cli.json('gateway', 'list');
  t.same(list, { items: [lan, lobby].sort((a, b) => (a.id < b.id ? -1 : 1)), next: null });
  t.same(await api.get('/gateways'), list);
  t.match(
    (await cli.run('gateway', 'list')).out,
    /^GATEWAY +KIND +HEALTH\nlan +nftables +nobody looks after it: is Foyer running\?\n/,
  );

  const text = await cli.run(...LAN, 'trust=redirect');
  t.match(text, { code: 0, out: /^Gateway lan is set\. Next: foyer gateway test lan\n.*forged/s });
  t.same(await cli.json('gateway', 'remove', 'lan'), { id: 'lan', removed: true });
  t.equal((await cli.run('gateway', 'remove', 'lobby')).out, 'Removed gateway lobby.\n');
  t.same(await cli.json('gateway', 'list'), { items: [], next: null });
  t.match(await cli.log(), /gateway\.changed.*gateway\.removed/);
});

t.test('typed fields become what the kind has: lists, and the fields of every kind', async (t) => {
  const cli = await startCli(t);
  const cases: [string[], object][] = [
    [['allow=192.0.2.10'], { fields: { allow: ['192.0.2.10'] } }],
    [['allow=192.0.2.10,2001:db8::/64'], { fields: { allow: ['192.0.2.10', '2001:db8::/64'] } }],
    [['allow=192.0.2.10, 198.51.100.0/24'], { fields: { allow: ['192.0.2.10', '198.51.100.0/24'] } }],
    [['allow='], { fields: { allow: [] } }],
    [['guestNetworks=10.20.0.0/16,2001:db8::/64'], { guestNetworks: ['10.20.0.0/16', '2001:db8::/64'] }],
    [['trust=redirect'], { trust: 'redirect' }],
  ];
  for (const [fields, wanted] of cases) t.match(await cli.json(...LAN, ...fields), wanted, fields.join(' '));
});

t.test('a typed text stands for the value that the schema of its field means', async (t) => {
  const level = Type.Union([Type.Literal(1), Type.Literal(2)]);
  const cases: [TSchema, string, unknown][] = [
    [Type.String(), '42', '42'],
    [Type.Integer(), '42', 42],
    [Type.Integer(), '-1', -1],
    [Type.Integer(), 'many', 'many'],
    [Type.Integer(), '0x10', '0x10'],
    [Type.Number(), '0.5', 0.5],
    [Type.Boolean(), 'true', true],
    [Type.Boolean(), 'false', false],
    [Type.Boolean(), 'perhaps', 'perhaps'],
    [Type.Array(Type.Integer()), '80,443', [80, 443]],
    [Type.Array(Type.String()), 'a, b', ['a', 'b']],
    [Type.Optional(Type.Integer()), '7', 7],
    [level, '2', 2],
    [level, '3', '3'],
    [Type.Union([Type.Literal('auto'), Type.Integer()]), 'auto', 'auto'],
    [Type.Union([Type.Literal('auto'), Type.Integer()]), '5', 5],
    [Type.Boolean(), '', ''],
  ];
  for (const [schema, text, value] of cases)
    t.same(fieldsFromText(Type.Object({ field: schema }), { field: text }), { field: value }, text);
  t.same(fieldsFromText(Type.Object({}), { toString: '1', other: 'x' }), { toString: '1', other: 'x' });
});

t.test('a gateway that had a password gets a key in its place', async (t) => {
  const cli = await startCli(t);
  const set = (...fields: string[]) =>
    cli.json('gateway', 'set', 'cafe', '--kind', 'unifi', 'url=https://192.0.2.1', ...fields);
  t.match(await set('username=foyer', 'password=secret'), { secretsSet: ['password'] });
  t.match(await set('username=foyer'), { secretsSet: ['password'] }, 'left out');
  t.same((await set('apiKey=key', 'password=')).secretsSet, ['apiKey']);
});

t.test('everything wrong with a gateway is named at once, and nothing is saved', async (t) => {
  const cli = await startCli(t);
  const cases: [string, RegExp[]][] = [
    ['lan --kind fridge', [/kind: There is no kind of gateway "fridge".*demo, nftables/]],
    ['lan --kind nftables', [/interface: Field interface is missing\. .*ip link/]],
    ['lan --kind nftables interface=', [/interface: Field interface is missing/]],
    [
      'lan --kind nftables interface=a/b allow=192.0.2.1,nope,fe80::1%eth0 colour=red guestNetworks=10.0.0.0/99 trust=me',
      [
        /^interface: Field interface is not what it takes/m,
        /^allow: Field allow: "nope" is not an address/m,
        /^allow: Field allow: "fe80::1%eth0" is not an address/m,
        /colour: .*no field "colour"\. It has: interface, allow, guestNetworks, trust/m,
        /^guestNetworks: "10\.0\.0\.0\/99"/m,
        /^trust: "me"/m,
      ],
    ],
    ['lan --kind demo toString=1', [/no field "toString"/]],
    ['lan --kind demo __proto__=1', [/no field "__proto__"/]],
    ['Lan_1 --kind demo', [/1 to 32 of a-z.*"Lan_1"/]],
  ];
  for (const [line, says] of cases) {
    const said = await cli.run('gateway', 'set', ...line.split(' '), '--json');
    for (const one of says) t.ok(isRefusal(said, one), `${line}: ${one} ${said.err}`);
  }
  t.same(await cli.json('gateway', 'list'), { items: [], next: null });
});

t.test('an id belongs to one site, and another site neither sees nor takes it', async (t) => {
  const cli = await startCli(t);
  await cli.json('site', 'add', 'annex');
  await cli.json('gateway', 'set', 'roof', '--kind', 'demo', '--site', 'annex');
  const said = await cli.run('gateway', 'set', 'roof', '--kind', 'demo');
  t.ok(isRefusal(said, /Another site has a gateway "roof"/), said.err);
  for (const verb of ['test', 'rules', 'remove'])
    t.ok(isRefusal(await cli.run('gateway', verb, 'roof'), /no gateway "roof" in the site "main"/), verb);
  t.same(
    (await cli.json('gateway', 'list', '--site', 'annex')).items.map(({ id }) => id),
    ['roof'],
  );
});

t.test('a gateway is tested', async (t) => {
  const cli = await startCli(t);
  await cli.json('gateway', 'set', 'lobby', '--kind', 'demo');
  const steps = [
    { step: 'log in', verdict: 'ok' },
    { step: 'look up', verdict: 'skipped' },
    { step: 'let in', verdict: 'ok' },
    { step: 'see', verdict: 'ok' },
    { step: 'send off', verdict: 'ok' },
  ];
  t.match(await cli.json('gateway', 'test', 'lobby'), { ok: true, problems: [], steps });
  const { out } = await cli.run('gateway', 'test', 'lobby', '--mac', '02-00-00-00-00-10');
  t.match(out, /^ok +let in +\d+ ms {2}02:00:00:00:00:10 for a minute$/m);
  t.match(out, /Gateway lobby is ready\.\n$/);
  t.ok(isRefusal(await cli.run('gateway', 'test', 'lobby', '--mac', 'phone'), /"phone" is no MAC/));
});

t.test('a gateway that fails its test is refused with the problems', async (t) => {
  const cli = await startCli(t);
  // A kind that fails on every machine, and touches none: one of a version that had more kinds.
  const stored = { kind: 'retired', fields: {}, guestNetworks: [], trust: 'verify', version: 1 };
  await cli.server.redis.hset('foyer:{main}:gateways', 'old', JSON.stringify(stored));
  const said = await cli.run('gateway', 'test', 'old');
  t.ok(
    isRefusal(said, /Gateway old is not ready:\n {2}This Foyer knows no kind of gateway "retired"/),
    said.err,
  );
  const { code, out, err } = await cli.run('gateway', 'test', 'old', '--json');
  t.equal(code, 1);
  t.match(JSON.parse(out), { ok: false, problems: [/knows no kind/], steps: [] });
  t.match(err, 'Gateway old is not ready');
  t.ok(isRefusal(await cli.run('gateway', 'rules', 'old'), /knows no kind of gateway "retired"/));
  t.match((await cli.json('gateway', 'list')).items, [{ id: 'old', kind: 'retired' }]);
  t.equal((await cli.run('gateway', 'remove', 'old')).code, 0);
});

t.test('a test that fails begins with what is wrong, and its steps stand below each other', async (t) => {
  const cli = await startCli(t);
  const account = ['username=foyer', 'password=secret'];
  await cli.json('gateway', 'set', 'cafe', '--kind', 'unifi', 'url=https://127.0.0.1:1', ...account);
  const { err } = await cli.run('gateway', 'test', 'cafe');
  t.match(
    err,
    /^foyer: Gateway cafe is not ready:\n {2}UniFi at .* cannot be reached: nothing listens there\.\n/,
  );
  t.match(err, /^failed +log in +\d+ ms +UniFi at .*\nskipped +look up +not tried\n/m);
});

t.test('the rules of an nftables gateway have the boot unit and the lines of dnsmasq', async (t) => {
  const cli = await startCli(t, { PORT: '8090' });
  await cli.json(...LAN, 'allow=192.0.2.10');
  const { code, out } = await cli.run('gateway', 'rules', 'lan');
  t.equal(code, 0);
  for (const line of [
    'iifname != "foyer-none0" return',
    'ip daddr 192.0.2.10 return',
    'tcp dport 80 redirect to :8090',
    '[Unit]',
    'After=local-fs.target nftables.service',
    'ExecStart=/usr/sbin/nft -f /etc/foyer/lan.nft',
    'WantedBy=sysinit.target',
    'interface=foyer-none0',
    'dhcp-authoritative',
  ])
    t.ok(out.includes(line), line);
  t.same(await cli.json('gateway', 'rules', 'lan'), { id: 'lan', rules: out, files: [] });
});

t.test('option 114 is printed only where the portal is known by https', async (t) => {
  const cli = await startCli(t);
  await cli.json(...LAN);
  const cases: [string, boolean][] = [
    ['', false],
    ['http://wifi.example.com', false],
    ['https://wifi.example.com', true],
  ];
  for (const [PORTAL_URL, printed] of cases) {
    const { out } = await foyer(['gateway', 'rules', 'lan'], { ...cli.env, PORTAL_URL });
    t.equal(
      out.includes('dhcp-option=114,"https://wifi.example.com/captive-portal/api"'),
      printed,
      PORTAL_URL,
    );
    t.equal(/114|captive-portal/.test(out), printed, PORTAL_URL);
  }
});

t.test('a kind that needs nothing on the router says so', async (t) => {
  const cli = await startCli(t);
  await cli.json('gateway', 'set', 'lobby', '--kind', 'demo');
  const said = await cli.run('gateway', 'rules', 'lobby');
  t.ok(isRefusal(said, /kind demo needs nothing on the router/), said.err);
});

t.test('the doctor of a Foyer that does not run says so, and what to do', async (t) => {
  const cli = await startCli(t, { PORT: '1' });
  await cli.json('gateway', 'set', 'lobby', '--kind', 'demo');
  const said = await cli.run('doctor');
  t.ok(
    isRefusal(said, /^wrong +guest listener +Nothing of Foyer answers on port 1 of this machine/m),
    said.err,
  );
  t.match(said.err, /^wrong +gateway lobby +Nobody looks after it/m);
  t.match(said.err, /^foyer: 2 to mend:\nok /);
});

t.test('files for the router are written to a folder, and only where there are any', async (t) => {
  const cli = await startCli(t, { PORTAL_URL: 'https://wifi.example.com' });
  const folder = join(t.testdir(), 'for', 'opnsense');
  const key = ['url=https://192.0.2.1', 'apiKey=a', 'apiSecret=b'];
  await cli.json('gateway', 'set', 'lobby', '--kind', 'opnsense', ...key);
  const { files } = await cli.json('gateway', 'rules', 'lobby', '--out', folder);
  t.ok((files as string[]).every((path) => readFileSync(path).length > 0));
  t.equal((files as string[]).length, 1);
  t.match(
    (await cli.run('gateway', 'rules', 'lobby', '--out', folder)).out,
    `Wrote ${(files as string[])[0]}`,
  );
  await cli.json('gateway', 'set', 'hall', '--kind', 'nftables', 'interface=lo');
  t.ok(isRefusal(await cli.run('gateway', 'rules', 'hall', '--out', folder), /needs no files/));
  const taken = await cli.run('gateway', 'rules', 'lobby', '--out', (files as string[])[0] ?? '');
  t.ok(isRefusal(taken, /cannot be written to \((EEXIST|ENOTDIR)\)/), taken.err);
});
