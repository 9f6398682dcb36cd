import { clampChroma, converter, formatHex, type Oklch, wcagContrast } from 'culori';

/** The colours that follow from the operator's one, in one scheme. All are `#rrggbb`. */
export interface Accent {
  /** Buttons, links, the ring of the focus. */
  accent: string;
  /** The same under a pointer. */
  deep: string;
  /** What is written on both. */
  on: string;
  /** A faint ground. */
  tint: string;
}

/** WCAG 2.2, 1.4.3: the least contrast of text. */
export const CONTRAST = 4.5;

/** What an accent is seen against, and which way it gives where the contrast is too small. */
interface Scheme {
  grounds: readonly string[];
  ink: string;
  towards: -1 | 1;
  tintLightness: number;
  tintChroma: number;
}

const LIGHT: Scheme = {
  grounds: ['#ffffff', '#f4f2ee'],
  ink: '#ffffff',
  towards: -1,
  tintLightness: 0.95,
  tintChroma: 0.02,
};
const DARK: Scheme = {
  grounds: ['#211f1c', '#161513'],
  ink: '#06110f',
  towards: 1,
  tintLightness: 0.29,
  tintChroma: 0.035,
};

const STEP = 0.01;
const DEEPER = 0.06;

const toOklch = converter('oklch');
const hex = (colour: Oklch): string => formatHex(clampChroma(colour, 'oklch', 'rgb'));

function accentIn(base: Oklch, { grounds, ink, towards, tintLightness, tintChroma }: Scheme): Accent {
  const tint = hex({ ...base, l: tintLightness, c: Math.min(base.c, tintChroma) });
  const readable = (colour: string): boolean =>
    [...grounds, ink, tint].every((ground) => wcagContrast(colour, ground) >= CONTRAST);
  let { l } = base;
  while (!readable(hex({ ...base, l })) && l * towards < Math.max(0, towards)) l += towards * STEP;
  const deep = hex({ ...base, l: l + towards * DEEPER });
  return { accent: hex({ ...base, l }), deep, on: ink, tint };
}

/** The operator's colour, made darker in the light scheme and lighter in the dark one until all that touches it can be read. */
export function accents(colour: string): { light: Accent; dark: Accent } {
  const base = toOklch(colour);
  if (!base) throw new Error(`${colour} is no colour`);
  const { l, c, h = 0 } = base;
  return {
    light: accentIn({ mode: 'oklch', l, c, h }, LIGHT),
    dark: accentIn({ mode: 'oklch', l, c, h }, DARK),
  };
}
