import { type Static, Type } from 'typebox';

export const fields = Type.Object({
  faskey: Type.String({
    secret: true,
    // What openNDS' own scripts put through a shell unharmed.
    pattern: '^[A-Za-z0-9+/=_.:~-]{1,128}$',
    description:
      'The `faskey` of the router’s openNDS: letters, digits and + / = _ . : ~ -. Make it long: `openssl rand -hex 24`.',
  }),
  level: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)], {
    default: 1,
    description: 'The router’s `fas_secure_enabled`: 1 to 4.',
  }),
  gatewayName: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 120,
      description: 'The router’s `gatewayname`, where another one’s redirects are to be refused.',
    }),
  ),
  ndsctl: Type.Optional(
    Type.String({
      pattern: '^(?:/[^\\s/]+)*/ndsctl$',
      description:
        'Path of `ndsctl` where Foyer runs on the router itself: /usr/bin/ndsctl. It ends in `ndsctl`. Everything then goes by it.',
    }),
  ),
  binauth: Type.Boolean({
    default: true,
    description:
      'Levels 1 and 2: the router runs the BinAuth script that `foyer gateway rules` prints. Without it a session lasts the router’s `sessiontimeout`, whatever was decided.',
  }),
});

export type OpenNdsFields = Static<typeof fields>;

export type Mode = 'told' | 'browser' | 'claimed' | 'asks' | 'asksClaimed';

/** How a gateway with these fields learns what is decided. */
export function modeOf({ ndsctl, level, binauth }: OpenNdsFields): Mode {
  if (ndsctl) return 'told';
  if (level === 3) return 'asks';
  if (level === 4) return 'asksClaimed';
  return binauth ? 'browser' : 'claimed';
}

/** Level 4 crypts nothing of its redirects, and asks like level 3. */
export const asks = (fields: OpenNdsFields): boolean => ['asks', 'asksClaimed'].includes(modeOf(fields));
