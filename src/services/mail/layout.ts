import { type Accent, accents } from '../../domain/colour.js';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);

/** The accent of a site that has none. */
const OURS = '#0c655c';

const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const TEXT = `font:16px/1.5 ${FONT};color:#211f1b`;

/**
 * How plain elements look, written into them: several mail programs drop style sheets. A custom template gets the same
 * for the same elements.
 */
const looks = (light: Accent): readonly (readonly [from: string, to: string])[] => [
  ['<h1>', `<h1 style="margin:0 0 16px;font:600 23px/1.25 ${FONT}">`],
  ['<h2>', `<h2 style="margin:24px 0 8px;font:600 19px/1.3 ${FONT}">`],
  ['<p>', `<p style="margin:0 0 16px;${TEXT.split(';')[0]}">`],
  [
    '<p class="code">',
    `<p class="code" style="margin:0 0 16px;padding:16px 12px;border-radius:8px;background:${light.tint};font:600 33px/1.3 ${FONT};text-align:center;letter-spacing:.06em;font-variant-numeric:tabular-nums">`,
  ],
  [
    '<a class="button" ',
    `<a class="button" style="display:inline-block;padding:12px 20px;border-radius:8px;background:${light.accent};color:${light.on};font:600 16px/1.5 ${FONT};text-decoration:none" `,
  ],
  ['<a href', `<a class="link" style="color:${light.accent}" href`],
];

/** Before values are filled in, so that nothing of them is taken for an element. */
export function styled(html: string, accent: string): string {
  const { light } = accents(accent || OURS);
  return looks(light).reduce((text, [from, to]) => text.replaceAll(from, to), html);
}

export interface MailPage {
  lang: string;
  dir: 'ltr' | 'rtl';
  title: string;
  /** Whose mail it is. */
  name: string;
  accent: string;
  /** Address of the logo; `''` for none. */
  logo: string;
  /** HTML. */
  body: string;
}

/** The page around what a mail says. A template that is a whole page already stays as it is. */
export function mailPage({ lang, dir, title, name, accent, logo, body }: MailPage): string {
  if (/^\s*<(?:!doctype|html)\b/i.test(body)) return body;
  const { dark } = accents(accent || OURS);
  const picture =
    logo === ''
      ? ''
      : `<img class="logo" src="${escapeHtml(logo)}" alt="" style="height:40px;width:auto;max-width:160px;vertical-align:middle;border:0"> `;
  return `<!doctype html>
<html lang="${escapeHtml(lang)}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #161513 !important; color: #f2efe9 !important; }
  .sheet { background: #211f1c !important; color: #f2efe9 !important; border-color: #3a3731 !important; }
  .code { background: ${dark.tint} !important; }
  .button { background: ${dark.accent} !important; color: ${dark.on} !important; }
  .link { color: ${dark.accent} !important; }
  .logo { background: #ffffff; border-radius: 8px; padding: 4px; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f4f2ee;${TEXT}">
<div style="max-width:560px;margin:0 auto;padding:24px 12px">
<header style="padding:0 8px 16px;font:600 19px/1.3 ${FONT}">${picture}${escapeHtml(name)}</header>
<main class="sheet" style="display:block;padding:24px 20px 8px;background:#ffffff;border:1px solid #dcd7ce;border-radius:8px;overflow-wrap:break-word;word-wrap:break-word;color:#211f1b">
${body}
</main>
</div>
</body>
</html>
`;
}
