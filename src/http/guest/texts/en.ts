/** What the guest pages say, in English. The other languages have the same names. */
export const en = {
  lang: 'en',
  /** Heads the page where no name is set or none can be known. */
  noName: 'Guest Wi-Fi',
  errorTitle: (title: string) => `Error: ${title}`,
  pageTitle: (title: string, name: string) => `${title} – ${name}`,

  pin: {
    title: 'Join the Wi-Fi',
    label: 'Your code',
    hint: 'Digits only. It is in your invitation.',
    noCode: 'No code? Ask at the desk.',
    button: 'Go online',
    emailLabel: 'Your e-mail address',
    emailHint: 'The one that your invitation was sent to.',
    claimed: 'Your code is filled in. Go online when you are ready.',
    again: 'This page had been open for too long. Type your code once more.',
    unknownLink: 'This link does not lead to a code any more. Type the code instead, or ask at the desk.',
  },
  malformed: {
    title: 'That is not a whole code',
    text: 'A code has 5 to 10 digits, like 4821 0937. Spaces and dashes do no harm.',
  },
  notForm: {
    title: 'That could not be read',
    text: 'Type your code into the field below and press the button.',
  },
  refused: {
    title: 'That code does not open the Wi-Fi',
    text: 'Compare it with your invitation, digit by digit, and type it again. It works around the time of your visit only, and a newer invitation replaces an older code.',
    withEmail:
      'Compare both with your invitation: the code digit by digit, and the address that the invitation was sent to. No address? The desk lets you in.',
  },
  early: {
    title: (when: string) => `Your access starts ${when}`,
    text: 'Your code is right. Type it again then, and you are online.',
    checkInTitle: 'Check in at the desk first',
    checkInText:
      'Your code is right. The Wi-Fi opens for it once the desk has checked you in; then type it again here.',
  },
  expired: {
    title: (when: string) => `Your access ended ${when}`,
    text: 'The desk can extend it. You keep the same code and type it again here.',
  },
  checkInOnly: {
    title: 'This code is for checking in',
    text: 'It does not open the Wi-Fi. Show it at the desk and ask for Wi-Fi there.',
  },
  email: {
    title: 'One more thing: your e-mail address',
    text: 'Many wrong codes were typed here lately. To protect yours, type it together with the address that your invitation was sent to. No address? The desk lets you in.',
  },
  throttled: {
    title: (minutes: number) => (minutes <= 1 ? 'Wait one minute' : `Wait ${minutes} minutes`),
    text: 'Several codes were wrong. After that, type yours again. The desk can look it up for you.',
  },
  deviceLimit: {
    title: 'No more devices on this code',
    text: 'Choose one that goes off the Wi-Fi and type your code again: this device takes its place.',
    noneLeft:
      'It is in use on as many devices as it allows, and they have changed places three times in a day already. The desk can help you.',
    legend: 'Which device goes off?',
    device: (tail: string, since: string) => `Device ending in ${tail}, since ${since}`,
    button: 'Swap and go online',
  },

  connecting: {
    title: 'Opening the Wi-Fi…',
    text: (until: string) =>
      `You have access until ${until}. This takes a moment, and the page goes on by itself.`,
    slowTitle: 'This takes longer than it should',
    slowText:
      'You need not type your code again: the Wi-Fi opens as soon as it can, and this page tells you. If it lasts, tell the desk.',
  },
  connected: {
    title: (until: string) => `You are online until ${until}`,
    text: (left: string) => `${left}. You can close this page.`,
    leave: 'Take this device off the Wi-Fi',
  },
  ended: {
    title: 'This device is off the Wi-Fi',
    text: 'Its time is over, or it was taken off. With a code that is still good it can join again.',
    link: 'Type a code',
  },
  handoff: {
    title: 'One more step',
    text: 'Your code is right. The Wi-Fi opens in a second; if it does not, press the button.',
    button: 'Open the Wi-Fi',
  },
  handoffFailed: {
    title: 'The Wi-Fi did not open',
    text: 'Your code is right, but the router did not let this device in. Leave the Wi-Fi, join it again, and open this page; if that does not help, tell the desk.',
    link: 'Try again',
  },

  unknownClient: {
    title: 'Join the Wi-Fi first',
    text: 'This page cannot tell which device you have. Connect it to the guest Wi-Fi, turn mobile data and VPN off, and open this page again.',
    claim: 'Connect this device to the guest Wi-Fi, then open this link again: your code will be filled in.',
    desk: 'Are you on it already? Leave the Wi-Fi and join it again. If that does not help, the desk lets you in.',
    link: 'Look again',
  },
  notFound: {
    title: 'There is no such page',
    text: 'The page to join the Wi-Fi is one step away.',
    link: 'Join the Wi-Fi',
  },
  unavailable: {
    title: 'One moment, please',
    text: 'No code can be checked right now. This page tries again by itself every few seconds.',
    link: 'Try again now',
  },
  broken: {
    title: 'Something is wrong on our side',
    text: (reference: string) =>
      `It is not your code. Try again, or tell the desk this number: ${reference}.`,
    link: 'Back to the start',
  },

  /** `13 hours`, `2 hours 5 minutes`, `38 minutes`: how much is left of a time. */
  left(ms: number): string {
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 1) return 'Less than a minute left';
    const many = (n: number, unit: string) => (n === 1 ? `1 ${unit}` : `${n} ${unit}s`);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor(minutes / 60) % 24;
    if (days > 0)
      return `${[many(days, 'day'), hours > 0 ? many(hours, 'hour') : ''].filter(Boolean).join(' ')} left`;
    const rest = minutes % 60;
    return `${[hours > 0 ? many(hours, 'hour') : '', rest > 0 ? many(rest, 'minute') : ''].filter(Boolean).join(' ')} left`;
  },
  /** An instant on the reader's day is named by its clock alone. */
  at: (clock: string) => `at ${clock}`,
  onDay: (dayAndTime: string) => `on ${dayAndTime}`,
};

/** Names of all texts. */
export type Texts = typeof en;
