import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import type { LabClient } from './network.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of the browser on this machine; undefined where there is none. */
export function findChromium(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

// HttpsUpgrades and the like would have the browser leave the plain-http page that a router can hijack.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks',
];

export interface BrowserOptions {
  javaScript?: boolean;
  width?: number;
  height?: number;
}

interface Teardown {
  teardown(work: () => Promise<void>): unknown;
}

/** A browser with a fresh profile, on a client's machine. It is closed when the test ends. */
export async function launchChromium(
  t: Teardown,
  client: LabClient,
  { javaScript = false, width = 412, height = 800 }: BrowserOptions = {},
): Promise<BrowserContext> {
  const browser = findChromium();
  if (!browser) throw new Error(`None of these is on this machine: ${NAMES.join(', ')}`);
  const profile = mkdtempSync(join(tmpdir(), 'foyer-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: join(import.meta.dirname, 'chromium-in-ns.sh'),
    env: { ...(process.env as Record<string, string>), CLIENT_NS: client.ns, CHROMIUM: browser },
    headless: true,
    ignoreHTTPSErrors: true,
    javaScriptEnabled: javaScript,
    viewport: { width, height },
    args: FLAGS,
  });
  t.teardown(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return context;
}
