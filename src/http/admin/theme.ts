import { accents } from '../../domain/colour.js';

/** The colour of Foyer's own pages where the operator has none. */
export const OURS = '#0c655c';

/** The operator's accent as custom properties, made readable in both schemes. */
export function themeSheet(colour: string): string {
  const { light, dark } = accents(colour || OURS);
  const pair = (name: 'accent' | 'deep' | 'on' | 'tint'): string =>
    `light-dark(${light[name]}, ${dark[name]})`;
  return `:root { --accent: ${pair('accent')}; --accent-deep: ${pair('deep')}; --on-accent: ${pair('on')}; --tint: ${pair('tint')}; }\n`;
}
