import t from 'tap';
import { HOSTS_MOST, parseHosts } from '../../src/domain/hosts-list.js';
import { parseSettings } from '../../src/domain/settings.js';
import { findHost, parseWalkIn } from '../../src/domain/walk-in.js';

const hosts = [
  { name: 'Bob Miller', email: 'bob@example.com' },
  { name: 'Bobby Jones', email: 'bobby@example.com' },
  { name: 'Zoë Ångström', email: 'zoe@example.com' },
];

t.test('the list of hosts has one per line, in the ways that people write addresses', async (t) => {
  const text =
    ' Bob Miller <bob@example.com>\r\n\nBobby Jones, bobby@example.com\nZoë Ångström\tzoe@example.com \n';
  t.same(parseHosts(text), { ok: true, hosts });
  for (const wrong of ['Bob', 'bob@example.com', 'Bob <bob>', '<bob@example.com>', 'Bob <a@b.c> <d@e.f>'])
    t.match(parseHosts(`Bob Miller <bob@example.com>\n${wrong}`), { ok: false, line: 2 }, wrong);
  t.match(parseHosts('Bob <b@example.com>\n'.repeat(HOSTS_MOST + 1)), { ok: false });
  t.equal(parseSettings({ 'walkIns.hosts': 'Bob' }, {}).ok, false);
  t.equal(parseSettings({ 'walkIns.hosts': text, 'hosts.domains': ['example.com'] }, {}).ok, true);
  for (const domain of ['example', '@example.com', 'a b.com', 'exa_mple.com', '.com'])
    t.equal(parseSettings({ 'hosts.domains': [domain] }, {}).ok, false, domain);
});

t.test('a host is found by the beginnings of the name, whatever the marks, and by no guess', async (t) => {
  const find = (typed: string, domains: string[] = []) => findHost(typed, hosts, domains);
  for (const typed of ['Bob Miller', 'bob', 'MILLER, bob', 'mil'])
    t.match(find(typed), { status: 'found', host: { email: 'bob@example.com' } }, typed);
  t.match(find('zoe angstrom'), { status: 'found', host: { name: 'Zoë Ångström' } });
  t.match(find('bo'), { status: 'several' });
  for (const typed of ['', 'b', '...', 'Bob Smith', 'ob', 'bob@elsewhere.com', 'bob@', '@example.com'])
    t.same(find(typed), { status: 'unknown' }, typed);
  t.match(find('BOB@example.com'), { status: 'found', host: { name: 'Bob Miller' } });
  t.same(find('eve@example.org', ['example.org']), {
    status: 'found',
    host: { name: 'eve@example.org', email: 'eve@example.org' },
  });
  for (const typed of [
    'eve@sub.example.org',
    'eve@evilexample.org',
    'a@b@example.org',
    'x@example.org, y@z.com',
  ])
    t.same(find(typed, ['example.org']), { status: 'unknown' }, typed);
});

t.test('a form of a walk-in is looked at field by field', async (t) => {
  const right = { name: ' Ada Lovelace ', email: 'ada@example.com', host: 'Bob' };
  t.same(parseWalkIn(right), { person: { ...right, name: 'Ada Lovelace' }, problems: {} });
  for (const name of ['', '...', 'a\nb', 'x'.repeat(201), 'a\u2028b'])
    t.match(parseWalkIn({ ...right, name }).problems, { name: 'name' }, `${name.length} characters`);
  t.match(parseWalkIn({ name: '', email: 'x', host: ' ' }).problems, {
    name: 'name',
    email: 'email',
    host: 'host',
  });
});
