import t from 'tap';
import { LANGUAGES, type Texts } from '../../../src/http/guest/texts/catalogue.js';
import { texts as en } from '../../../src/http/guest/texts/en.js';
import { lookIn, pagesOf, startRenderer } from '../../fixtures/guest-pages.js';

type Leaf = { path: string; value: unknown };

function leaves(of: object, path = ''): Leaf[] {
  return Object.entries(of).flatMap(([name, value]) =>
    typeof value === 'object'
      ? leaves(value as object, `${path}${name}.`)
      : [{ path: `${path}${name}`, value }],
  );
}

/** Texts that remember which of them were read. */
function watched<T extends object>(texts: T, read: Set<string>, path = ''): T {
  return new Proxy(texts, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof name !== 'string') return value;
      if (typeof value === 'object' && value !== null) return watched(value, read, `${path}${name}.`);
      read.add(`${path}${name}`);
      return value;
    },
  });
}

t.test('the guest pages are there in thirteen languages, each in one file', async (t) => {
  t.same(LANGUAGES.map(({ lang }) => lang).sort(), [
    'ar',
    'de',
    'en',
    'es',
    'fr',
    'he',
    'it',
    'ja',
    'nl',
    'pl',
    'pt',
    'tr',
    'zh',
  ]);
});

t.test(
  'no text is missing in any language, none is left over, and each takes what the English one takes',
  async (t) => {
    const wanted = leaves(en);
    for (const texts of LANGUAGES) {
      const found = new Map(leaves(texts).map(({ path, value }) => [path, value]));
      t.same([...found.keys()].sort(), wanted.map(({ path }) => path).sort(), texts.lang);
      for (const { path, value } of wanted) {
        const other = found.get(path);
        t.equal(typeof other, typeof value, `${texts.lang}: ${path}`);
        if (typeof value !== 'function' || typeof other !== 'function') {
          t.ok(String(other).trim(), `${texts.lang}: ${path} says something`);
          continue;
        }
        const marks = Array.from({ length: value.length }, (_, n) => `<${n}>`);
        const said = String((other as (...words: string[]) => string)(...marks));
        for (const mark of marks)
          t.equal(said.split(mark).length, 2, `${texts.lang}: ${path} says ${mark} once`);
      }
      t.equal(texts.dir, ['ar', 'he'].includes(texts.lang) ? 'rtl' : 'ltr', `${texts.lang}: direction`);
      t.doesNotThrow(() => new Intl.DateTimeFormat(texts.locale), `${texts.lang}: locale`);
      t.equal(new Intl.Locale(texts.locale).language, texts.lang);
    }
  },
);

t.test('every language is its own: hardly a text is the English one', async (t) => {
  const english = new Map(leaves(en).map(({ path, value }) => [path, value]));
  for (const texts of LANGUAGES.filter(({ lang }) => lang !== 'en')) {
    const same = leaves(texts).filter(
      ({ path, value }) => typeof value === 'string' && path !== 'dir' && english.get(path) === value,
    );
    t.ok(same.length <= 1, `${texts.lang}: ${same.map(({ path }) => path)}`);
  }
});

t.test('no text is unused: the pages together say all of them', async (t) => {
  const render = await startRenderer(t);
  const read = new Set<string>();
  const look = { ...lookIn('en', { 'site.name': '' }), texts: watched<Texts>(en, read) };
  for (const page of Object.values(pagesOf(look))) await render(page);
  // Read where a look is made, before there is a page.
  for (const path of ['noName']) read.add(path);
  t.same(
    leaves(en)
      .map(({ path }) => path)
      .filter((path) => !read.has(path)),
    [],
  );
});
