import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import t from 'tap';
import { LOGO_BYTES_MOST } from '../../src/domain/settings.js';
import { processLogo } from '../../src/services/logo.js';

const address = (type: string, bytes: Buffer | string): string =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 100" onload="alert(1)">
<script>alert(1)</script><image xlink:href="http://192.0.2.1/spy.png" width="10" height="10"/>
<circle cx="50" cy="50" r="45" fill="#0c655c"/><rect x="110" y="20" width="180" height="60" fill="#f0a000"/></svg>`;

async function kept(t: Pick<Tap, 'ok' | 'match' | 'fail'>, given: string): Promise<Buffer> {
  const processed = await processLogo(given);
  if (!processed.ok) {
    t.fail(processed.message);
    return Buffer.alloc(0);
  }
  t.match(processed.logo, /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  const bytes = Buffer.from(processed.logo.split(',')[1] ?? '', 'base64');
  t.ok(bytes.length <= LOGO_BYTES_MOST, `${bytes.length} bytes`);
  return bytes;
}
type Tap = typeof t;

t.test('whatever the picture was, a small PNG is kept, drawn anew', async (t) => {
  const large = {
    width: 2400,
    height: 800,
    channels: 4 as const,
    background: { r: 12, g: 101, b: 92, alpha: 0.5 },
  };
  const sign = { create: { ...large, width: 800, background: '#f0a000' } };
  const picture = sharp({ create: large })
    .composite([{ input: sign }])
    .withMetadata({ exif: { IFD0: { Copyright: 'secret place' } } });
  for (const type of ['png', 'jpeg', 'webp'] as const) {
    const bytes = await kept(t, address(type, await picture.clone().toFormat(type).toBuffer()));
    t.match(await sharp(bytes).metadata(), { format: 'png', height: 80 }, `${type}: two pixels to one`);
    t.notOk(bytes.includes('secret place'), 'without what was written into it');
  }
});

t.test('an SVG becomes its looks: no script, no address of elsewhere', async (t) => {
  for (const given of [address('svg+xml', SVG), `data:image/svg+xml,${encodeURIComponent(SVG)}`]) {
    const bytes = await kept(t, given);
    t.notMatch(bytes.toString('latin1'), /script|192\.0\.2\.1/);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const at = (info.width * Math.floor(info.height / 2) + Math.floor(info.width * 0.75)) * info.channels;
    t.match([...data.subarray(at, at + 3)], [240, 160, 0], 'and it is the picture');
  }
});

t.test(
  'a detailed sign loses colours before it is refused, a photo is refused with what to do',
  async (t) => {
    const noise = (size: number, blur: number) =>
      sharp(randomBytes(size * size * 3), { raw: { width: size, height: size, channels: 3 } })
        .blur(blur)
        .png()
        .toBuffer();
    await kept(t, address('png', await noise(200, 12)));
    const photo = await sharp(randomBytes(1600 * 400 * 3), { raw: { width: 1600, height: 400, channels: 3 } })
      .resize(160, 40, { kernel: 'nearest' })
      .png()
      .toBuffer();
    const refused = await processLogo(address('png', photo));
    t.match(refused, { ok: false, message: /more than 4096 bytes.*fewer details/ });
  },
);

t.test('what is no picture is refused, whatever it calls itself', async (t) => {
  const bomb = `<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>`;
  for (const given of [
    'logo.png',
    'https://example.com/logo.png',
    'data:text/html;base64,PGI+',
    'data:image/png;base64,',
    address('png', 'no picture'),
    address('png', randomBytes(2000)),
    address('svg+xml', '<svg'),
    address('svg+xml', bomb),
    address('svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>'),
    address('png', Buffer.alloc(600_000)),
  ])
    t.match(await processLogo(given), { ok: false, message: /\w/ }, given.slice(0, 60));
});
