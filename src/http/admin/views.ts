import type { Page } from '../pages/page.js';

export interface SetupPage {
  code: string;
  email: string;
  /** What is wrong with what was sent, by field. */
  problems: Record<string, string>;
  passwordLeast: number;
}

/** The form that makes the owner. */
export const setupPage = (data: SetupPage): Page => ({ template: 'admin/setup', data });

export interface SetupDonePage {
  email: string;
  /** The owner's first API key, shown once. */
  key: string;
}

/** The owner exists; what can be done now. */
export const setupDonePage = (data: SetupDonePage): Page => ({ template: 'admin/setup-done', data });
