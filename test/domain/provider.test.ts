import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import {
  groupsIn,
  type Provider,
  type ProviderForm,
  parseProvider,
  parseRules,
  roleFrom,
  writeRules,
} from '../../src/domain/provider.js';

const SITES = ['main', 'north-wing'] as SiteId[];
const FORM: ProviderForm = {
  issuer: 'https://login.example.com',
  clientId: 'foyer',
  clientSecret: 'secret',
  button: 'Sign in',
  scopes: 'email profile',
  claim: 'groups',
  rules: '',
  otherwise: 'refuse',
  trustsMail: '',
  passwords: 'everybody',
};

t.test('rules are read line by line, and a group may have equals signs in it', async (t) => {
  const text = '\ndesk people = desk\ncn=admins,ou=it = admin north-wing\n\nboss=owner\n';
  const { rules, problem } = parseRules(text, SITES);
  t.equal(problem, undefined);
  t.same(rules, [
    { value: 'desk people', role: 'desk', site: 'main' },
    { value: 'cn=admins,ou=it', role: 'admin', site: 'north-wing' },
    { value: 'boss', role: 'owner', site: 'main' },
  ]);
  t.same(parseRules(writeRules(rules), SITES).rules, rules, 'written and read again');
});

t.test('a rule that cannot be read is named by its line', async (t) => {
  for (const [text, says] of [
    ['a = desk\nnonsense', /Line 2 is not understood/],
    ['= desk', /Line 1 is not understood/],
    ['a = boss', /Line 1: the role is one of desk, admin, owner/],
    ['a = desk moon', /Line 1: there is no site "moon"/],
    ['a = desk main more', /Line 1 is not understood/],
    [Array.from({ length: 101 }, (_, i) => `g${i} = desk`).join('\n'), /100 rules at most/],
  ] as const) {
    t.match(parseRules(text, SITES).problem, says, text.slice(0, 20));
  }
});

t.test('the highest role of all groups counts; rules of sites that are gone say nothing', async (t) => {
  const { rules } = parseRules('a = desk\nb = owner\nc = admin north-wing', SITES);
  const provider = { rules } as Provider;
  t.same(roleFrom(provider, ['a', 'c'], SITES), { role: 'admin', site: 'north-wing' });
  t.same(roleFrom(provider, ['c', 'b', 'a'], SITES), { role: 'owner', site: 'main' });
  t.equal(roleFrom(provider, ['x'], SITES), undefined);
  t.same(roleFrom(provider, ['c', 'a'], ['main' as SiteId]), { role: 'desk', site: 'main' });
  t.equal(roleFrom(provider, ['A'], SITES), undefined, 'groups are compared letter by letter');
});

t.test('groups are a text or a list, by name or by a path', async (t) => {
  t.same(groupsIn({ groups: ['a', 'b', 3, null] }, 'groups'), ['a', 'b']);
  t.same(groupsIn({ groups: 'a' }, 'groups'), ['a']);
  t.same(groupsIn({ realm_access: { roles: ['a'] } }, 'realm_access.roles'), ['a']);
  t.same(groupsIn({ 'https://x.example/roles': ['a'] }, 'https://x.example/roles'), ['a']);
  for (const name of ['toString', '__proto__', 'constructor.name', 'groups.length', ''])
    t.same(groupsIn({ groups: ['a'] }, name), [], name);
});

t.test('what is wrong with a provider is said field by field', async (t) => {
  const parsed = parseProvider(FORM, SITES, false);
  t.match(parsed, { ok: true, provider: { scopes: 'openid email profile', otherwise: 'refuse' } });
  for (const [field, value] of [
    ['issuer', 'http://login.example.com'],
    ['issuer', 'login.example.com'],
    ['issuer', 'https://a:b@login.example.com'],
    ['issuer', 'https://login.example.com?x=1'],
    ['issuer', 'file:///etc/passwd'],
    ['clientId', ''],
    ['clientSecret', ''],
    ['button', 'a\nb'],
    ['scopes', 'open"id'],
    ['claim', ''],
    ['rules', 'x'],
    ['otherwise', 'boss'],
  ] as const) {
    const wrong = parseProvider({ ...FORM, [field]: value }, SITES, false);
    t.same(wrong.ok ? [] : wrong.problems.map((one) => one.field), [field], `${field}: ${value}`);
  }
  t.ok(parseProvider({ ...FORM, issuer: 'http://127.0.0.1:9000' }, SITES, false).ok, 'on this machine');
  t.ok(parseProvider({ ...FORM, clientSecret: '' }, SITES, true).ok, 'the one that is kept');
});
