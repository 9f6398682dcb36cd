/** Fewest and most digits of a PIN. */
export const PIN_LEAST = 5;
export const PIN_MOST = 10;

/** Longer input is no PIN, however it is grouped. */
const TYPED_MOST = 100;
/** Spaces, dashes, dots, and the marks without a width that come along with a copied text. */
const GROUPING = /[\s\p{Pd}\p{Cf}\u2212.\u00b7\u2022\u2027\u3002\u30fb]/gu;
const DIGITS = new RegExp(`^[0-9]{${PIN_LEAST},${PIN_MOST}}$`);

/**
 * What a visitor typed, as the PIN that it stands for: groups are joined (spaces, dashes, dots), digits of other scripts
 * and full-width ones become ASCII. Undefined where it cannot be a PIN.
 */
export function normalisePin(typed: string): string | undefined {
  if (typed.length > TYPED_MOST) return undefined;
  const digits = typed
    .normalize('NFKC')
    .replace(GROUPING, '')
    .replace(/\p{Nd}/gu, asciiDigit);
  return DIGITS.test(digits) ? digits : undefined;
}

/** Unicode keeps the ten digits of a script together, from zero on; one script may follow another. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}

/** A PIN of this length, every one as likely. `randomInt(most)` is uniform in [0, most). */
export const drawPin = (length: number, randomInt: (most: number) => number): string =>
  String(randomInt(10 ** length)).padStart(length, '0');

/** A PIN in groups that the eye can hold: `4821 0937`, `482 1093`. */
export function pinGroups(pin: string): string[] {
  const count = Math.ceil(pin.length / 4);
  const groups: string[] = [];
  for (let from = 0, left = count; left > 0; left--) {
    const size = Math.ceil((pin.length - from) / left);
    groups.push(pin.slice(from, from + size));
    from += size;
  }
  return groups;
}
