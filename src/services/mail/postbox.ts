import { createTransport } from 'nodemailer';
import { serverWords } from '../../domain/mail.js';
import { ends } from '../chore.js';
import type { CalendarFile } from './calendar.js';
import type { Rendered } from './render.js';

export interface Mailbox {
  /** `''` for none. */
  name: string;
  address: string;
}

/** One mail as it goes out. */
export interface Letter extends Rendered {
  id: string;
  from: Mailbox;
  to: Mailbox;
  /** `''`: to the sender. */
  replyTo: string;
  lang: string;
  calendar?: CalendarFile;
  date: Date;
}

export type Posted =
  | { status: 'accepted'; words: string }
  /** The server does not take this mail, now or later. */
  | { status: 'refused'; words: string }
  /** `away`: nobody was there to ask. */
  | { status: 'later'; words: string; away: boolean };

const SECOND = 1000;
/** Longer than any of the waits inside. */
const LONGEST_MS = 120 * SECOND;

/** The last word on a mail is said by these; what the server says before is about us. */
const ABOUT_THE_MAIL = /^(?:MAIL FROM|RCPT TO|DATA|BDAT)/;

interface Fault {
  message?: string;
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** What a failed attempt means. Names and addresses stay out of the words. */
export function judge(fault: Fault, address: string): Exclude<Posted, { status: 'accepted' }> {
  const { code = '', command = '', responseCode = 0 } = fault;
  const words = serverWords(fault.response || fault.message || 'The mail server did not answer.', address);
  const impossible = responseCode === 0 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (impossible || (responseCode >= 500 && ABOUT_THE_MAIL.test(command)))
    return { status: 'refused', words };
  return { status: 'later', words, away: responseCode === 0 || !ABOUT_THE_MAIL.test(command) };
}

const TOO_LONG: Fault = { message: `The mail server did not answer within ${LONGEST_MS / SECOND} s.` };

export type Postbox = ReturnType<typeof createPostbox>;

/** The mail server of `SMTP_URL`. What the URL says stands over what is said here. */
export function createPostbox(url: string) {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 3,
    maxMessages: 100,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    dnsTimeout: 10 * SECOND,
    socketTimeout: 30 * SECOND,
  });
  // Faults of idle connections of the pool are nobody's; those of a mail come with it.
  transport.on('error', () => undefined);

  return {
    async post(letter: Letter): Promise<Posted> {
      const { to, from, calendar, replyTo } = letter;
      const domain = from.address.split('@').at(-1);
      const sent = transport.sendMail({
        from,
        to,
        ...(replyTo === '' ? {} : { replyTo }),
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        date: letter.date,
        // The same each time, so that mailboxes know a second copy of one that got through after all.
        messageId: `<${letter.id}@${domain}>`,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'OOF, AutoReply',
          'Content-Language': letter.lang,
        },
        attachments: [
          ...letter.pictures.map(({ cid, png }) => ({
            cid,
            content: png,
            filename: `${cid}.png`,
            contentType: 'image/png',
            contentDisposition: 'inline' as const,
          })),
          ...(calendar
            ? [
                {
                  filename: 'visit.ics',
                  content: calendar.content,
                  contentType: `text/calendar; charset=utf-8; method=${calendar.method}`,
                },
              ]
            : []),
        ],
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      let result: Posted = { ...judge(TOO_LONG, to.address) };
      const told = sent.then(
        (info) => {
          result = { status: 'accepted', words: serverWords(String(info.response ?? ''), to.address) };
        },
        (fault: Fault) => {
          result = judge(fault, to.address);
        },
      );
      await ends(told, LONGEST_MS);
      return result;
    },
    close: (): void => transport.close(),
  };
}
