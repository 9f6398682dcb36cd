import { LOGO_BYTES_MOST } from '../domain/settings.js';

export type ProcessedLogo = { ok: true; logo: string } | { ok: false; message: string };

const GIVEN = /^data:image\/(?:png|svg\+xml|jpeg|webp)(?:;charset=[\w-]+)?(;base64)?,(.*)$/is;
const GIVEN_BYTES_MOST = 500_000;
/** A side of so many pixels is a bomb, not a logo. */
const PIXELS_MOST = 25_000_000;

/** As it is shown, in CSS pixels. */
const WIDTH = 160;
const HEIGHT = 40;

/** From the best to the last that is tried: sharp on phones with two pixels to one, then with fewer colours, then smaller. */
const ATTEMPTS = [
  { scale: 2, colours: 256 },
  { scale: 2, colours: 64 },
  { scale: 2, colours: 16 },
  { scale: 1.5, colours: 16 },
  { scale: 1, colours: 64 },
];

const no = (message: string): ProcessedLogo => ({ ok: false, message });
const FORMS =
  'It takes a PNG, SVG, JPEG or WebP picture as a data: address; on the command line put @ before the name of its file';

/**
 * Any picture as the small PNG that guest pages bring along. It is drawn anew, so that nothing of what was given reaches
 * a visitor but its looks: no script, no address, no metadata.
 */
export async function processLogo(given: string): Promise<ProcessedLogo> {
  const [, base64, data = ''] = GIVEN.exec(given.trim()) ?? [];
  if (data === '') return no(`${FORMS}.`);
  if (data.length > GIVEN_BYTES_MOST * 1.4) return no('The picture is larger than 500 kB. Save it smaller.');
  try {
    const bytes = base64 ? Buffer.from(data, 'base64') : Buffer.from(decodeURIComponent(data));
    if (await isEmpty(bytes)) return no('There is nothing to be seen in the picture.');
    for (const { scale, colours } of ATTEMPTS) {
      const png = await draw(bytes, scale, colours);
      if (png.length <= LOGO_BYTES_MOST)
        return { ok: true, logo: `data:image/png;base64,${png.toString('base64')}` };
    }
  } catch {
    return no(`This is no picture that can be read. ${FORMS}.`);
  }
  return no(
    `Drawn ${WIDTH} x ${HEIGHT} pixels large the picture still has more than ${LOGO_BYTES_MOST} bytes, and the guest pages have to be small. Take one with fewer details, such as the sign without a photo.`,
  );
}

/** Nothing but one colour, or none at all. */
async function isEmpty(bytes: Buffer): Promise<boolean> {
  const { default: sharp } = await import('sharp');
  const { channels } = await sharp(bytes, { limitInputPixels: PIXELS_MOST }).ensureAlpha().stats();
  return channels.every(({ stdev }) => stdev === 0);
}

async function draw(bytes: Buffer, scale: number, colours: number): Promise<Buffer> {
  // Only who sets a logo pays for loading it.
  const { default: sharp } = await import('sharp');
  // The density is for SVG alone: drawn large, then made smaller.
  return sharp(bytes, { limitInputPixels: PIXELS_MOST, density: 192 })
    .trim({ threshold: 0 })
    .resize({ width: WIDTH * scale, height: HEIGHT * scale, fit: 'inside' })
    .png({ palette: true, colours, effort: 10, compressionLevel: 9 })
    .toBuffer();
}
