import {
  fill,
  fillSubject,
  fillText,
  type MailTemplate,
  type TagValues,
} from '../../domain/mail-template.js';
import { pinGroups } from '../../domain/pin.js';
import type { Settings } from '../../domain/settings.js';
import { escapeHtml, mailPage, styled } from './layout.js';
import { logoPicture, type Picture } from './pictures.js';
import type { MailTexts } from './texts/catalogue.js';
import { siteName } from './values.js';

/** What a mail says, whoever gets it. The HTML names its pictures by `cid:`. */
export interface Rendered {
  subject: string;
  html: string;
  text: string;
  pictures: Picture[];
}

/** Groups apart by space that is not part of the text, so that what is copied is digits only. */
const codeHtml = (pin: string): string =>
  `<span dir="ltr">${pinGroups(pin)
    .map((group, i, all) =>
      i === all.length - 1
        ? `<span style="white-space:nowrap">${escapeHtml(group)}</span>`
        : `<span style="white-space:nowrap;margin-inline-end:.35em">${escapeHtml(group)}</span>`,
    )
    .join('')}</span>`;

const QR_HTML =
  '<img src="cid:qrcode" alt="" width="180" height="180" style="display:block;width:180px;height:180px;border:0">';

/** A template with these values. `qr`: the picture that `{qrcode}` stands for, where there is one. */
export function renderMail(
  template: MailTemplate,
  values: TagValues,
  { settings, texts, qr }: { settings: Settings; texts: MailTexts; qr?: Picture | undefined },
): Rendered {
  const subject = fillSubject(template.subject, values);
  const accent = settings['portal.accent'];
  const logo = logoPicture(settings['portal.logo']);
  const body = fill(
    styled(template.html.replace(/\r\n?/g, '\n'), accent),
    { ...values, qrcode: qr ? 'cid:qrcode' : '' },
    (text, tag) =>
      tag === 'visitorcode' ? codeHtml(text) : tag === 'qrcode' ? text && QR_HTML : escapeHtml(text),
  );
  const html = mailPage({
    lang: texts.locale.split('-u-')[0] ?? texts.lang,
    dir: texts.dir,
    title: subject,
    name: siteName(settings, texts),
    accent,
    logo: logo ? 'cid:logo' : '',
    body,
  });
  return {
    subject,
    html,
    text: fillText(template.text, { ...values, qrcode: '' }),
    pictures: [qr, logo].filter((one) => one !== undefined).filter(({ cid }) => html.includes(`cid:${cid}`)),
  };
}
