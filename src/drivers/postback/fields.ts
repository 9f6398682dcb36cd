import { type Static, Type } from 'typebox';
import { PROFILES, type Profile, type ProfileName } from './profiles.js';
import { radiusFields } from './radius-fields.js';
import { isHostPattern } from './targets.js';

const NAMES = [...Object.keys(PROFILES), 'generic'];

/** The name of a parameter or of a form's field. */
const name = (preset: string, description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9_.-]{1,64}$',
    default: preset,
    description: `Profile generic: ${description}`,
  });

export const fields = Type.Object({
  profile: Type.Unsafe<ProfileName>(
    Type.Enum(NAMES, { description: `Whose redirect and form it is: ${NAMES.join(', ')}.` }),
  ),
  hosts: Type.Array(
    Type.Refine(
      Type.String(),
      isHostPattern,
      () => 'is not a host (192.0.2.1, login.example, *.example, 10.0.0.0/8)',
    ),
    {
      default: [],
      maxItems: 64,
      description:
        'Names, addresses or networks that a browser may be sent to with its login: 192.0.2.1, login.example, *.example. Empty: what is usual for the profile. A redirect that names another place is refused.',
    },
  ),
  https: Type.Boolean({
    default: false,
    description:
      'Profiles cambium and ruckus-zd: the login goes over https (ports 444 and 9998); the router needs a certificate that browsers take.',
  }),
  ...radiusFields({
    nas: 'Addresses or networks from which the router, its controller or its cloud asks Foyer by RADIUS: 192.0.2.1, 198.51.100.0/24.',
    disconnectPort:
      'The port at which the router is told of an end that comes early (RFC 5176). 0: it cannot be told. pfSense cannot, and asks again every minute instead.',
  }),
  disconnectHost: Type.Optional(
    Type.String({
      pattern: '^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
      description:
        'Name or address at which the router is told of an end, where that is not where it asks from. Meraki: the name that the dashboard shows for RADIUS CoA.',
    }),
  ),
  method: Type.Union([Type.Literal('POST'), Type.Literal('GET')], {
    default: 'POST',
    description: 'Profile generic: how the form is sent. GET goes by itself, POST by a button.',
  }),
  macParam: name('mac', 'the parameter of the redirect that has the client’s MAC.'),
  targetParam: name('login_url', 'the parameter that has the address of the login; it is one of `hosts`.'),
  urlParam: name('url', 'the parameter that has the page the visitor wanted.'),
  userField: name('username', 'the form’s field for the name.'),
  passwordField: name('password', 'the form’s field for the password.'),
  backField: name('redirect_url', 'the form’s field for the page to go on to.'),
});

export type PostbackFields = Static<typeof fields>;

const generic = (given: PostbackFields): Profile => ({
  label: 'Any router with a login form that asks RADIUS',
  source: 'what the fields say',
  names: { mac: [given.macParam], url: [given.urlParam] },
  place: { address: given.targetParam, ports: [[1, 65_535]] },
  // Nothing is usual: where a browser may go is for the admin to say.
  hosts: [],
  form: {
    method: given.method,
    username: given.userField,
    password: given.passwordField,
    back: given.backField,
  },
});

export const profileOf = (given: PostbackFields): Profile =>
  given.profile === 'generic' ? generic(given) : PROFILES[given.profile];

/** Where a browser may be sent. */
export const hostsOf = (given: PostbackFields): readonly string[] =>
  given.hosts.length > 0 ? given.hosts : profileOf(given).hosts;

export type Mode = 'disconnects' | 'reasks' | 'untold';

/** How a router with these fields learns of an end that comes early. */
export function modeOf(given: PostbackFields): Mode {
  if (profileOf(given).reasks) return 'reasks';
  return given.disconnectPort > 0 ? 'disconnects' : 'untold';
}
