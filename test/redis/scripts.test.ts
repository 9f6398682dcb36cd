import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import type { ClientMac, GatewayId, PinDigest, SiteId } from '../../src/domain/id.js';
import { globalKeys, siteKeys } from '../../src/redis/keys.js';
import { loadScript } from '../../src/redis/scripts.js';

const folder = resolve(import.meta.dirname, '../../src/redis/scripts');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.slice(0, -4));
/** Scripts about what belongs to no site, each with its one key. */
const GLOBAL: Readonly<Record<string, string>> = {
  'attempt-sign-in': 'the root of the subjects',
  'change-person': 'the team',
};
const names = all.filter((name) => !GLOBAL[name]);

/** Every key pattern of a site, its variable parts as `*`. */
const patterns = new Set(
  Object.values(siteKeys).map((make) => {
    const parts = Array.from({ length: make.length }, () => '*');
    const key = (make as (...parts: unknown[]) => string)(...parts);
    return key.replace('foyer:{*}', '');
  }),
);

t.test('a script builds only keys that keys.ts lists', async (t) => {
  for (const name of names) {
    const lua = loadScript(name).replace(/--.*$/gm, '');
    // root .. ':a:' .. x .. ':b'  ->  :a:*:b
    for (const [expression] of lua.matchAll(/\b(?:root|KEYS\[1\]) \.\. ':[^,)\n]*/g)) {
      const parts = expression.split(' .. ').slice(1);
      const key = parts.map((part) => /^'([^']*)'/.exec(part.trim())?.[1] ?? '*').join('');
      const known = [...patterns].some(
        (pattern) => pattern === key || pattern.startsWith(`${key}:`) || pattern === `${key}*`,
      );
      t.ok(known, `${name}.lua: ${key}`);
    }
  }
});

t.test('every script says what it takes and answers, and begins with the site as its one key', async (t) => {
  for (const name of all) {
    const lua = readFileSync(resolve(folder, `${name}.lua`), 'utf8');
    t.ok(lua.includes(`-- KEYS[1] ${GLOBAL[name] ?? "the site's root"}\n`), `${name} names its key`);
    t.match(lua, /^-- ARGV {4}/m, `${name} names its arguments`);
    t.match(lua, /^-- Reply {3}/m, `${name} names its replies`);
    t.notMatch(lua, /KEYS\[2\]/, `${name} has one key`);
    t.notMatch(lua, /redis\.call\('TIME'\)|os\.time/, `${name} reads no clock`);
  }
});

t.test('a fragment is included once, however often it is asked for', async (t) => {
  const lua = loadScript('let-in');
  t.equal(lua.match(/local function decide\(/g)?.length, 1);
  t.notMatch(lua, /@include/);
});

t.test('all keys of a site stand under its hash tag, and none of the global ones does', async (t) => {
  const site = 'main' as SiteId;
  t.match(siteKeys.visit(site, 'v1'), /^foyer:\{main\}:/);
  t.match(siteKeys.pin(site, 'd' as PinDigest), /^foyer:\{main\}:/);
  t.match(siteKeys.access(site, 'g' as GatewayId, '02:00:00:00:00:01' as ClientMac), /^foyer:\{main\}:/);
  for (const key of Object.values(globalKeys)) {
    const text = typeof key === 'function' ? key('x') : key;
    // The subjects of one attempt stand together, for a script that looks at all of them.
    if (!text.startsWith(globalKeys.signIn)) t.notMatch(text, /[{}]/, text);
  }
});
