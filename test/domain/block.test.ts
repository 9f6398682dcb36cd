import t from 'tap';
import {
  type Block,
  blockedProblem,
  findBlock,
  means,
  neutral,
  parseBlock,
  subjectOf,
} from '../../src/domain/block.js';
import type { ClientMac } from '../../src/domain/id.js';
import { parsePersonQuery } from '../../src/domain/person.js';
import { BERLIN, NINE } from './visits.js';

const parse = (input: unknown) => parseBlock(input, BERLIN, NINE);

t.test('a line is read as it is typed, and what cannot be one is said with an example', async (t) => {
  t.same(parse({ kind: 'name', value: '  Ada  Lovelace ', note: ' rude ' }), {
    ok: true,
    block: { kind: 'name', value: 'Ada  Lovelace', note: 'rude' },
  });
  t.match(parse({ kind: 'email', value: 'Ada@Example.COM' }), { block: { value: 'ada@example.com' } });
  t.match(parse({ kind: 'email', value: '@Example.com' }), { block: { value: '@example.com' } });
  t.match(parse({ kind: 'mac', value: '0200.0000.0010' }), { block: { value: '02:00:00:00:00:10' } });
  t.match(parse({ kind: 'mac', value: '020000000010', until: '2026-11-23T10:00' }), {
    block: { until: NINE + 3_600_000 },
  });
  const wrong: [unknown, string][] = [
    [undefined, 'kind'],
    [{ kind: 'phone', value: '1' }, 'kind'],
    [{ kind: 'name', value: ' - ' }, 'value'],
    [{ kind: 'name' }, 'value'],
    [{ kind: 'name', value: 7 }, 'value'],
    [{ kind: 'name', value: 'a\nb' }, 'value'],
    [{ kind: 'name', value: 'x'.repeat(255) }, 'value'],
    [{ kind: 'email', value: '@' }, 'value'],
    [{ kind: 'email', value: '@localhost' }, 'value'],
    [{ kind: 'email', value: 'ada' }, 'value'],
    [{ kind: 'mac', value: 'ff:ff:ff:ff:ff:ff' }, 'value'],
    [{ kind: 'name', value: 'Ada', note: 'x'.repeat(201) }, 'note'],
    [{ kind: 'name', value: 'Ada', until: 'soon' }, 'until'],
    [{ kind: 'name', value: 'Ada', until: '2026-11-23T09:00' }, 'until'],
  ];
  for (const [input, field] of wrong) {
    const parsed = parse(input);
    const fields = parsed.ok ? [] : parsed.problems.map((problem) => problem.field);
    t.ok(fields.includes(field), `${JSON.stringify(input)}: ${fields}`);
  }
});

t.test('a name means all of its words, whole, in any order, without marks and case', async (t) => {
  const named = (name: string) => means({ kind: 'name', value: 'Ada de Lovelace' }, { name });
  for (const name of ['Ada de Lovelace', 'LOVELACE, ADA DE', 'Ádá  de la Lovelace'])
    t.equal(named(name), true, name);
  for (const name of ['Ada Lovelace', 'Adam de Lovelace', 'Ada de Lovelaces', ''])
    t.equal(named(name), false, name);
  t.equal(means({ kind: 'name', value: 'Müller' }, { name: 'Anna MÜLLER' }), true);
  t.equal(means({ kind: 'name', value: 'Ada' }, { email: 'ada@example.com' }), false);
});

t.test('a domain means every address in it, and no other', async (t) => {
  const domain = { kind: 'email', value: '@example.com' } as const;
  t.equal(means(domain, { email: 'Anna@EXAMPLE.com' }), true);
  for (const email of ['a@notexample.com', 'a@example.com.evil.org', 'a@sub.example.com', '', undefined])
    t.equal(means(domain, { email }), false, String(email));
  t.equal(means({ kind: 'email', value: 'a@example.com' }, { email: 'ba@example.com' }), false);
});

t.test('a line that is over means nobody, and words for hosts and visitors say nothing of it', async (t) => {
  const mac = '02:00:00:00:00:10' as ClientMac;
  const block: Block = {
    id: 'b',
    kind: 'mac',
    value: mac,
    note: 'left the tap on',
    addedBy: 'x',
    addedAt: 1,
    until: 10,
  };
  t.equal(findBlock([block], { mac }, 9), block);
  t.equal(findBlock([block], { mac }, 10), undefined);
  const problem = blockedProblem(block, { mac });
  t.same(problem, {
    field: 'mac',
    message: `${mac} is on the block list (left the tap on). Ask an admin.`,
    blocked: true,
  });
  const other = { field: 'name', message: 'The name is missing.' };
  t.same(neutral([problem, other]), [{ field: 'mac', message: 'Please ask at the desk.' }, other]);
  t.same(subjectOf({ name: 'A', email: 'a@b.c' }, { name: 'A', email: 'd@e.f' }), { email: 'd@e.f' });
});

t.test('whom somebody asks about is said by one field at least, and each is looked at', async (t) => {
  t.same(parsePersonQuery({ name: ' Ada ', email: '', mac: '0200.0000.0010' }), {
    ok: true,
    query: { name: 'Ada', mac: '02:00:00:00:00:10' },
  });
  for (const [input, field] of [
    [undefined, 'email'],
    [{ name: '  ' }, 'email'],
    [{ name: '...' }, 'name'],
    [{ name: 'x'.repeat(300) }, 'name'],
    [{ email: 'ada' }, 'email'],
    [{ mac: 'zz' }, 'mac'],
    [{ mac: 7, email: {} }, 'email'],
  ] as const)
    t.match(parsePersonQuery(input), { ok: false, problems: [{ field }] }, JSON.stringify(input));
});
