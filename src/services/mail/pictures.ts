import { renderSVG } from 'uqr';

/** A picture that a mail brings along. */
export interface Picture {
  /** By which the HTML names it. */
  cid: string;
  png: Buffer;
}

const QR_PIXELS = 360;

/** The address as a QR code, with the quiet zone that readers need. */
export async function qrPicture(address: string): Promise<Picture> {
  // Only who sends mail pays for loading it.
  const { default: sharp } = await import('sharp');
  const svg = renderSVG(address, { border: 4, pixelSize: 8 });
  const png = await sharp(Buffer.from(svg))
    .resize(QR_PIXELS, QR_PIXELS, { kernel: 'nearest' })
    .png({ palette: true, colours: 2, compressionLevel: 9 })
    .toBuffer();
  return { cid: 'qrcode', png };
}

/** The site's logo, from the `data:` address that its setting is; undefined where there is none. */
export function logoPicture(setting: string): Picture | undefined {
  const [, base64] = /^data:image\/png;base64,(.+)$/.exec(setting) ?? [];
  return base64 === undefined ? undefined : { cid: 'logo', png: Buffer.from(base64, 'base64') };
}

export const dataAddress = ({ png }: Picture): string => `data:image/png;base64,${png.toString('base64')}`;
