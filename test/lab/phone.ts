import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, type LabClient, until } from './network.js';

/** What a captive portal's browser on a phone does, without cookies and without scripts. */

export interface Answer {
  /** 0: no answer at all; the body then says why. */
  status: number;
  url: string;
  location: string;
  /** Where the page goes on by itself. */
  refresh: string;
  body: string;
  /** The page's `data-state`. */
  state: string;
  /** Hidden fields of the page's form. */
  hidden: Record<string, string>;
  /** Choices of a device to give up. */
  replace: string[];
}

export type Phone = ReturnType<typeof createPhone>;

const STEPS_MOST = 4;
/** A redeem waits up to 3 s for the gateway. */
const SECONDS = '6';
export const PROBE = 'http://any.example/generate_204';

function parse(url: string, text: string): Answer {
  const at = text.indexOf('\r\n\r\n');
  const [head, body] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 4)];
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return {
    status,
    url,
    location: /^location: (.*)$/im.exec(head)?.[1]?.trim() ?? '',
    refresh: /http-equiv="refresh" content="\d+;url=([^"]+)"/.exec(body)?.[1] ?? '',
    body: status === 0 ? text : body,
    state: /<main[^>]*data-state="([a-z-]+)"/.exec(body)?.[1] ?? '',
    hidden: Object.fromEntries(inputs.map(([, name, value]) => [name, value])),
    replace: [...body.matchAll(/name="replace" value="([^"]*)"/g)].map(([, value = '']) => value),
  };
}

export function createPhone(lab: Lab, client: LabClient) {
  const get = async (url: string, ...options: string[]): Promise<Answer> =>
    parse(url, await lab.curl(client, url, '-i', '-m', SECONDS, ...options));

  async function follow(first: Answer): Promise<Answer> {
    let answer = first;
    for (let step = 0; answer.location !== '' && step < STEPS_MOST; step += 1)
      answer = await get(new URL(answer.location, answer.url).href);
    return answer;
  }

  /** Stays on a page that waits for the gateway until that has confirmed. */
  async function stay(first: Answer): Promise<Answer> {
    let page = first;
    for (let step = 0; page.state === 'connecting' && step < STEPS_MOST; step += 1) {
      await sleep(step * 500);
      page = await follow(await get(new URL(page.refresh, page.url).href));
    }
    return page;
  }

  /** Asks for anything and goes where it is sent. */
  const browse = async (url = PROBE): Promise<Answer> => stay(await follow(await get(url)));

  /** Sends a page's form. */
  function send(page: Answer, fields: Record<string, string>, action = '/pin'): Promise<Answer> {
    const all = Object.entries({ ...page.hidden, ...fields });
    const data = all.flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
    return get(new URL(action, page.url).href, ...data);
  }

  /** One request that no portal answers: port 8000 is not hijacked. A first packet that is lost is sent again after 1 s. */
  async function passes(family: 4 | 6 = 4): Promise<boolean> {
    const host = family === 4 ? lab.inetIp : `[${lab.inetIp6}]`;
    return (await get(`http://${host}:8000/generate_204`, '-m', '3')).status === 204;
  }

  return {
    client,
    get,
    browse,
    follow,
    stay,
    send,
    passes,

    /** From a probe to the page after the PIN. */
    async type(pin: string, url = PROBE): Promise<Answer> {
      return stay(await follow(await send(await browse(url), { pin })));
    },

    /** Milliseconds until this phone's requests pass, or pass no more. */
    async measure(what: 'online' | 'offline', family: 4 | 6 = 4, ms = 60_000): Promise<number> {
      const began = performance.now();
      await until(`${client.mac} is ${what}`, async () => (await passes(family)) === (what === 'online'), ms);
      return performance.now() - began;
    },
  };
}

/** The line that figures are collected by. */
export const measured = (name: string, ms: number): string => `measured: ${name} ${Math.round(ms)} ms`;
