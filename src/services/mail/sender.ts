import { isIP } from 'node:net';
import type { Mailbox } from './postbox.js';

const NAMED = /^\s*"?([^"<>]*?)"?\s*<([^<>]+)>\s*$/;

/** A name by which a mail server elsewhere could know us. */
const isName = (host: string): boolean =>
  host.includes('.') && isIP(host.replace(/^\[|\]$/g, '')) === 0 && !host.endsWith('.local');

/** The sender of mails: `MAIL_FROM`, else an address at the mail server or the portal; the site's name where it has none. */
export function senderOf(deps: {
  readonly mailFrom?: string;
  readonly smtpUrl?: string;
  portalOrigin: () => string;
}): (siteName: string) => Mailbox {
  return (siteName) => {
    if (deps.mailFrom !== undefined) {
      const [, name = '', address = deps.mailFrom.trim()] = NAMED.exec(deps.mailFrom) ?? [];
      return { name: name || siteName, address };
    }
    const hosts = [deps.smtpUrl, deps.portalOrigin()].flatMap((url) => (url ? new URL(url).hostname : []));
    return { name: siteName, address: `foyer@${hosts.find(isName) ?? 'localhost'}` };
  };
}
