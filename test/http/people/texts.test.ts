import t from 'tap';
import { LANGUAGES } from '../../../src/http/guest/texts/catalogue.js';
import { peopleTexts } from '../../../src/http/people/texts/catalogue.js';
import { texts as en } from '../../../src/http/people/texts/en.js';

type Leaf = { path: string; value: unknown };

const leaves = (of: object, path = ''): Leaf[] =>
  Object.entries(of).flatMap(([name, value]) =>
    typeof value === 'object'
      ? leaves(value as object, `${path}${name}.`)
      : [{ path: `${path}${name}`, value }],
  );

t.test('desk, walk-ins and hosts are there in every language of the guest pages', async (t) => {
  t.equal(LANGUAGES.length, 13);
  const wanted = leaves(en);
  for (const { lang } of LANGUAGES) {
    const found = new Map(leaves(peopleTexts(lang)).map(({ path, value }) => [path, value]));
    t.same([...found.keys()].sort(), wanted.map(({ path }) => path).sort(), lang);
    let same = 0;
    for (const { path, value } of wanted) {
      const other = found.get(path);
      if (typeof value !== 'function' || typeof other !== 'function') {
        t.ok(String(other).trim(), `${lang}: ${path} says something`);
        if (other === value) same++;
        continue;
      }
      t.equal(String((other as (word: string) => string)('<0>')).split('<0>').length, 2, `${lang}: ${path}`);
    }
    t.ok(lang === 'en' || same === 0, `${lang} is its own`);
  }
});
