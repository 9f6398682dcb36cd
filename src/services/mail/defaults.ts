import type { MailKindName } from '../../domain/mail.js';
import type { MailTemplate } from '../../domain/mail-template.js';
import { escapeHtml } from './layout.js';
import { type MailTexts, mailTexts } from './texts/catalogue.js';

/** What stands on every mail that has the visitor's PIN, whatever the occasion. */
const pinLines = (texts: MailTexts, intro: string): string[] => [
  texts.hello,
  intro,
  '{visitorcode}',
  '{use}',
  texts.when,
  texts.desk,
  texts.host,
  texts.network,
  texts.devices,
  `[${texts.claim}]({claimlink})`,
  texts.picture,
  '{qrcode}',
];

const linkLines = (words: { button: string; otherwise: string }, texts: MailTexts): string[] => [
  `[${words.button}]({link})`,
  texts.expires,
  words.otherwise,
];

/** The paragraphs of each kind: words of the language, a tag alone, or `[a button]({to an address})`. */
const LINES: { readonly [K in MailKindName]: (texts: MailTexts) => { subject: string; lines: string[] } } = {
  registered: (texts) => ({
    subject: texts.registered.subject,
    lines: pinLines(texts, texts.registered.intro),
  }),
  reissued: (texts) => ({ subject: texts.reissued.subject, lines: pinLines(texts, texts.reissued.intro) }),
  changed: (texts) => ({ subject: texts.changed.subject, lines: pinLines(texts, texts.changed.intro) }),
  cancelled: (texts) => ({
    subject: texts.cancelled.subject,
    lines: [texts.hello, texts.cancelled.intro, texts.visit, texts.host, texts.cancelled.ask],
  }),
  arrived: (texts) => ({
    subject: texts.arrived.subject,
    lines: [texts.arrived.intro, texts.arrived.expected],
  }),
  'host-approval': (texts) => ({
    subject: texts.hostApproval.subject,
    lines: [texts.hostApproval.intro, texts.hostApproval.purpose, ...linkLines(texts.hostApproval, texts)],
  }),
  'walk-in-answer': (texts) => ({
    subject: texts.walkInAnswer.subject,
    lines: [texts.hello, '{answer}', texts.host, texts.desk],
  }),
  'host-link': (texts) => ({
    subject: texts.hostLink.subject,
    lines: [texts.hostLink.intro, ...linkLines(texts.hostLink, texts)],
  }),
  'team-link': (texts) => ({
    subject: texts.teamLink.subject,
    lines: ['{task}', ...linkLines(texts.teamLink, texts)],
  }),
  test: (texts) => ({ subject: texts.test.subject, lines: [texts.test.intro] }),
};

const BUTTON = /^\[(.+)\]\((\{[a-z]+\})\)$/;

/** A sentence that follows a greeting may begin small; one that stands first may not. */
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function htmlLine(line: string): string {
  const [, label, address] = BUTTON.exec(line) ?? [];
  if (label !== undefined) return `<p><a class="button" href="${address}">${escapeHtml(label)}</a></p>`;
  if (line === '{visitorcode}') return '<p class="code">{visitorcode}</p>';
  return `<p>${escapeHtml(line)}</p>`;
}

function textLine(line: string): string[] {
  if (line === '{qrcode}') return [];
  const [, label, address] = BUTTON.exec(line) ?? [];
  return [label === undefined ? line : `${label}: ${address}`];
}

/** The template of a kind as Foyer comes with it. */
export function defaultTemplate(kind: MailKindName, lang: string): MailTemplate {
  const texts = mailTexts(lang);
  const { subject, lines } = LINES[kind](texts);
  const said = lines[0] === texts.hello ? lines : lines.map((line, i) => (i === 0 ? capital(line) : line));
  return {
    subject,
    html: [`<h1>${escapeHtml(subject)}</h1>`, ...said.map(htmlLine)].join('\n'),
    // The picture is not there for whoever reads the text.
    text: said
      .filter((line) => line !== texts.picture)
      .flatMap(textLine)
      .join('\n\n'),
  };
}
