import { roleAllows, type TeamRole } from '../../domain/team.js';

export interface NavEntry {
  /** Name of a symbol in `public/icons.svg`. */
  icon: string;
  href: string;
  text: string;
  role: TeamRole;
}

export interface NavGroup {
  text: string;
  entries: readonly NavEntry[];
}

const entry = (role: TeamRole, href: string, text: string, icon: string): NavEntry => ({
  role,
  href,
  text,
  icon,
});

/** Every page that the menu leads to, and who sees it there. */
const NAV: readonly NavGroup[] = [
  {
    text: 'Today',
    entries: [
      entry('desk', '/', 'Home', 'home'),
      entry('desk', '/visits', 'Visits', 'visits'),
      entry('desk', '/walk-ins', 'Walk-ins', 'door'),
      entry('desk', '/sessions', 'Online now', 'wifi'),
    ],
  },
  {
    text: 'Network',
    entries: [entry('desk', '/gateways', 'Gateways', 'router'), entry('admin', '/queue', 'Queue', 'queue')],
  },
  {
    text: 'Site',
    entries: [
      entry('admin', '/settings', 'Settings', 'settings'),
      entry('admin', '/templates', 'Mail templates', 'template'),
      entry('admin', '/outbox', 'Outbox', 'mail'),
      entry('admin', '/desks', 'Check-in desks', 'desk'),
      entry('admin', '/webhooks', 'Webhooks', 'webhook'),
    ],
  },
  {
    text: 'Records',
    entries: [
      entry('admin', '/audit', 'Audit log', 'log'),
      entry('admin', '/blocks', 'Block list', 'block'),
      entry('admin', '/privacy', 'Privacy', 'privacy'),
    ],
  },
  {
    text: 'Owner',
    entries: [
      entry('owner', '/team', 'Team', 'team'),
      entry('owner', '/keys', 'API keys', 'key'),
      entry('owner', '/sites', 'Sites', 'site'),
    ],
  },
];

/** What somebody of this role sees, with the entry of the page at `path` marked. */
export function navFor(role: TeamRole, path: string) {
  const at = `/${path.split('/')[1] ?? ''}`;
  return NAV.map(({ text, entries }) => ({
    text,
    entries: entries
      .filter((one) => roleAllows(role, one.role))
      .map((one) => ({ ...one, current: one.href === at })),
  })).filter(({ entries }) => entries.length > 0);
}
