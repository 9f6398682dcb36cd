/** Fewest and most digits of a PIN. */
export const PIN_LEAST = 5;
export const PIN_MOST = 10;

/** Longer input is no PIN, however it is grouped. */
const TYPED_MOST = 100;
const GROUPING = /[\s\p{Pd}\u2212\u00b7.\u200b-\u200f\u2060\ufeff]/gu;
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

/** Unicode keeps the ten digits of a script in one run that begins at its zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

/** A PIN of this length, every one as likely. `randomInt(most)` is uniform in [0, most). */
export const drawPin = (length: number, randomInt: (most: number) => number): string =>
  String(randomInt(10 ** length)).padStart(length, '0');
