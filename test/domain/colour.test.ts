import { wcagContrast } from 'culori';
import fc from 'fast-check';
import t from 'tap';
import { accents, CONTRAST } from '../../src/domain/colour.js';
import { holds } from './property.js';

const GROUNDS = { light: ['#ffffff', '#f4f2ee'], dark: ['#211f1c', '#161513'] } as const;

t.test(
  'no colour of an operator can make a button, a link or what is written on it unreadable',
  async (t) => {
    const colour = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);
    const readable = (of: string) =>
      (['light', 'dark'] as const).every((scheme) => {
        const { accent, deep, on, tint } = accents(of)[scheme];
        const pairs: [string, string][] = GROUNDS[scheme].map((ground) => [accent, ground]);
        pairs.push([on, accent], [on, deep], [accent, tint]);
        return pairs.every(([one, other]) => wcagContrast(one, other) >= CONTRAST);
      });
    holds(t, 'every colour', fc.property(colour, readable));
    for (const edge of ['#ffffff', '#000000', '#ffff00', '#0000ff', '#7f7f7f']) t.ok(readable(edge), edge);
  },
);

t.test('a colour that can be read stays as it is', async (t) => {
  t.equal(accents('#0c655c').light.accent, '#0c655c');
  t.equal(accents('#ffb3c6').dark.accent, '#ffb3c6');
});
