import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

const eta = new Eta({
  views: fileURLToPath(new URL('../../../views/admin/', import.meta.url)),
  autoEscape: true,
  cache: true,
});

export interface SetupPage {
  code: string;
  email: string;
  /** What is wrong with what was sent, by field. */
  problems: Record<string, string>;
  passwordLeast: number;
}

/** The form that makes the owner. */
export const setupPage = (data: SetupPage): string => eta.render('./setup', data);

export interface SetupDonePage {
  email: string;
  /** The owner's first API key, shown once. */
  key: string;
}

/** The owner exists; what can be done now. */
export const setupDonePage = (data: SetupDonePage): string => eta.render('./setup-done', data);

export interface MessagePage {
  title: string;
  lines: string[];
  /** Commands or addresses, set apart. */
  code?: string[];
}

/** A heading and some sentences. */
export const messagePage = (data: MessagePage): string => eta.render('./message', { code: [], ...data });
