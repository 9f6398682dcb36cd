import { readFileSync } from 'node:fs';
import { type Accent, accents } from '../../domain/colour.js';

/** The guest pages' colour where the operator has none. */
const OURS = '#0c655c';

const sheet = readFileSync(new URL('../../../views/guest/style.css', import.meta.url), 'utf8');

const properties = ({ accent, deep, on, tint }: Accent): string =>
  `--accent: ${accent}; --accent-deep: ${deep}; --on-accent: ${on}; --tint: ${tint};`;

/** The style sheet of guest pages in this accent; `''` for our own. */
export function styleSheet(colour: string): string {
  const { light, dark } = accents(colour || OURS);
  const ours = `:root { ${properties(light)} }
@media (prefers-color-scheme: dark) { :root { ${properties(dark)} } }
`;
  return forOldBrowsers(ours + sheet).replace(/\n\s*/g, '\n');
}

/** What does not know custom properties takes the light scheme's value, which stands before. */
function forOldBrowsers(css: string): string {
  const light = css.replace(/@media \(prefers-color-scheme[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  const values = new Map(
    [...light.matchAll(/(--[a-z-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]),
  );
  return css.replace(/([a-z-]+): ([^;{}]*var\([^;{}]*);/g, (declaration, property: string, value: string) => {
    const plain = value.replace(/var\((--[a-z-]+)\)/g, (_, name: string) => values.get(name) ?? '');
    return `${property}: ${plain}; ${declaration}`;
  });
}
