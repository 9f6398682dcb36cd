import { renderSVG } from 'uqr';

/** Modules of white around the code, without which many cameras do not find it (ISO/IEC 18004). */
const QUIET = 4;

/** A text as a QR code: an SVG that scales, black on white in every scheme; the same text gives the same picture. */
export const qrSvg = (text: string): string =>
  renderSVG(text, { ecc: 'M', border: QUIET, pixelSize: 1, whiteColor: '#fff', blackColor: '#000' });

/** The same as the address of a picture. */
export const qrImage = (text: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(qrSvg(text)).toString('base64')}`;
