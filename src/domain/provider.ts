import type { SiteId } from './id.js';
import { MAIN_SITE } from './id.js';
import type { FieldProblem } from './problem.js';
import { parseTeamRole, TEAM_ROLES, type TeamRole } from './team.js';

/** What a person may do who has this value in their groups. */
export interface RoleRule {
  value: string;
  role: TeamRole;
  site: SiteId;
}

/** The OpenID Connect provider that the team may sign in with. */
export interface Provider {
  issuer: string;
  clientId: string;
  /** Sealed. */
  clientSecret: string;
  /** Text of the button on the login page. */
  button: string;
  scopes: string;
  /** Where the groups stand in what the provider says of a person; dots lead inwards. */
  claim: string;
  rules: RoleRule[];
  /** For whom no rule speaks. */
  otherwise: TeamRole | 'refuse';
  /** Take an address also where the provider does not say that it is verified. */
  trustsMail: boolean;
  /** Who may sign in with a password all the same; owners always, so that a dead provider shuts nobody out. */
  passwords: 'everybody' | 'owners';
}

/** As it was typed. */
export type ProviderForm = Record<
  | 'issuer'
  | 'clientId'
  | 'clientSecret'
  | 'button'
  | 'scopes'
  | 'claim'
  | 'rules'
  | 'otherwise'
  | 'trustsMail'
  | 'passwords',
  string
>;

const LINE_MOST = 300;
const RULES_MOST = 100;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Over http only where nobody is between: on this machine. */
export function isLoopbackIssuer(issuer: string): boolean {
  const url = new URL(issuer);
  return url.protocol === 'http:' && LOOPBACK.test(url.hostname);
}

function issuerProblem(text: string): string | undefined {
  const right = 'Right would be https://login.example.com.';
  if (!URL.canParse(text)) return `That is no address. ${right}`;
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    return `The issuer is an address without a name, a question mark or a hash in it. ${right}`;
  if (url.protocol === 'https:' || isLoopbackIssuer(text)) return undefined;
  return `The issuer has to begin with https://. ${right}`;
}

const lineProblem = (text: string, what: string): string | undefined => {
  if (text === '') return `${what} is missing.`;
  return text.length > LINE_MOST || /\p{Cc}/u.test(text)
    ? `${what} is one line of at most ${LINE_MOST} characters.`
    : undefined;
};

const RULE_FORM = 'A rule is written "group = role" or "group = role site", such as "reception = desk main".';

/** Lines such as `reception = desk north-wing`; a group may have equals signs in it, as directory names do. */
export function parseRules(text: string, sites: readonly SiteId[]): { rules: RoleRule[]; problem?: string } {
  const rules: RoleRule[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cut = line.lastIndexOf('=');
    const value = line.slice(0, Math.max(cut, 0)).trim();
    const [roleText = '', siteText = MAIN_SITE, ...more] = line
      .slice(cut + 1)
      .trim()
      .split(/\s+/);
    const role = parseTeamRole(roleText);
    const site = sites.find((one) => one === siteText);
    const at = `Line ${index + 1}`;
    if (cut < 1 || value === '' || value.length > LINE_MOST || more.length > 0)
      return { rules, problem: `${at} is not understood. ${RULE_FORM}` };
    if (!role) return { rules, problem: `${at}: the role is one of ${TEAM_ROLES.join(', ')}. ${RULE_FORM}` };
    if (!site) return { rules, problem: `${at}: there is no site "${siteText.slice(0, 40)}".` };
    rules.push({ value, role, site });
  }
  if (rules.length > RULES_MOST) return { rules, problem: `There may be ${RULES_MOST} rules at most.` };
  return { rules };
}

export const writeRules = (rules: readonly RoleRule[]): string =>
  rules
    .map(({ value, role, site }) => `${value} = ${role}${site === MAIN_SITE ? '' : ` ${site}`}`)
    .join('\n');

/** What was typed, with the secret in the clear (`''`: as it was); or what is wrong with it. */
export function parseProvider(
  form: ProviderForm,
  sites: readonly SiteId[],
  hasSecret: boolean,
): { ok: true; provider: Provider } | { ok: false; problems: FieldProblem[] } {
  const text = (name: keyof ProviderForm): string => form[name].trim();
  const { rules, problem: rulesProblem } = parseRules(form.rules, sites);
  const scopes = [...new Set(['openid', ...text('scopes').split(/\s+/).filter(Boolean)])];
  const otherwise = form.otherwise === 'refuse' ? 'refuse' : parseTeamRole(form.otherwise);
  const found: [keyof ProviderForm, string | undefined][] = [
    ['issuer', issuerProblem(text('issuer'))],
    ['clientId', lineProblem(text('clientId'), 'The client id')],
    [
      'clientSecret',
      text('clientSecret') === '' && hasSecret
        ? undefined
        : lineProblem(text('clientSecret'), 'The client secret'),
    ],
    ['button', lineProblem(text('button'), 'The text of the button')],
    [
      'scopes',
      scopes.length > 20 || scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,80}$/.test(scope))
        ? 'Scopes are words with a space between, such as openid email profile.'
        : undefined,
    ],
    ['claim', lineProblem(text('claim'), 'The name of the claim')],
    ['rules', rulesProblem],
    ['otherwise', otherwise ? undefined : 'Choose one of the list.'],
  ];
  const problems = found.flatMap(([field, message]) => (message === undefined ? [] : [{ field, message }]));
  if (problems.length > 0 || !otherwise) return { ok: false, problems };
  return {
    ok: true,
    provider: {
      issuer: text('issuer'),
      clientId: text('clientId'),
      clientSecret: text('clientSecret'),
      button: text('button'),
      scopes: scopes.join(' '),
      claim: text('claim'),
      rules,
      otherwise,
      trustsMail: form.trustsMail === 'true',
      passwords: form.passwords === 'owners' ? 'owners' : 'everybody',
    },
  };
}

/** The groups in what a provider says of a person: a text or a list of texts, by name or by a path of names. */
export function groupsIn(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const inside = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null && Object.hasOwn(from, name)
      ? (from as Record<string, unknown>)[name]
      : undefined;
  const value = inside(claims, claim) ?? claim.split('.').reduce(inside, claims as unknown);
  return [value].flat().filter((one) => typeof one === 'string');
}

/** The highest role that these groups give; undefined where no rule speaks. Rules of sites that are gone say nothing. */
export function roleFrom(
  { rules }: Provider,
  groups: readonly string[],
  sites: readonly SiteId[],
): { role: TeamRole; site: SiteId } | undefined {
  const matching = rules.filter(({ value, site }) => groups.includes(value) && sites.includes(site));
  const [best] = matching.sort((a, b) => TEAM_ROLES.indexOf(b.role) - TEAM_ROLES.indexOf(a.role));
  return best && { role: best.role, site: best.site };
}
