import type { PeopleTexts } from './en.js';

export const texts: PeopleTexts = {
  kiosk: {
    title: 'An- oder abmelden',
    hint: 'Sie finden ihn in Ihrer Einladung.',
    button: 'Weiter',
    erase: 'Letzte Ziffer löschen',
    scan: 'QR-Code scannen',
    scanning: 'Halten Sie den QR-Code Ihrer Einladung vor die Kamera.',
    stop: 'Kamera ausschalten',
    noCamera: 'Die Kamera lässt sich nicht benutzen. Geben Sie Ihren Code ein.',
    noHttps: 'Die Kamera braucht https. Hier geben Sie Ihren Code ein.',
    walkIn: 'Ich habe keinen Code',
    start: 'Zurück zum Anfang',
  },
  problems: {
    refused: {
      title: 'Dieser Code ist hier nicht bekannt',
      text: 'Vergleichen Sie ihn Ziffer für Ziffer mit Ihrer Einladung und geben Sie ihn noch einmal ein. Der Empfang kann ihn für Sie nachsehen.',
    },
    qr: {
      title: 'Dieser QR-Code ist hier nicht bekannt',
      text: 'Zeigen Sie den aus Ihrer neuesten Einladung oder geben Sie den Code ein.',
    },
    cancelled: { title: 'Dieser Besuch wurde abgesagt', text: 'Bitte fragen Sie am Empfang.' },
    checkedOut: {
      title: 'Sie haben sich schon abgemeldet',
      text: 'Für einen weiteren Besuch brauchen Sie einen neuen Code.',
    },
    checkedIn: { title: 'Sie sind schon angemeldet', text: 'Hier ist nichts mehr zu tun.' },
    early: {
      title: (when) => `Sie werden ${when} erwartet`,
      text: 'Bitte melden Sie sich dann an oder fragen Sie am Empfang.',
    },
    stale: { title: 'Das hat zu lange gedauert', text: 'Bitte geben Sie Ihren Code noch einmal ein.' },
    wait: {
      text: 'Mehrere Codes waren falsch. Geben Sie Ihren danach noch einmal ein oder fragen Sie am Empfang.',
    },
  },
  confirm: {
    visiting: (host) => `Zu Besuch bei ${host}`,
    checkIn: 'Anmelden',
    checkOut: 'Abmelden',
    other: 'Das bin ich nicht',
  },
  done: {
    welcome: (name) => `Willkommen, ${name}`,
    checkedIn: 'Sie sind angemeldet.',
    wifi: (until) => `Ihr Code öffnet das WLAN ${until}.`,
    goodbye: (name) => `Auf Wiedersehen, ${name}`,
    checkedOut: 'Sie sind abgemeldet.',
    network: (name) => `WLAN: ${name}`,
    keep: 'Mit demselben Code melden Sie sich ab.',
  },
  walkIn: {
    link: 'Kein Code? Fragen Sie Ihren Gastgeber',
    linkAlone: 'Kein Code? Hier anmelden',
    title: 'Als Gast anmelden',
    ask: 'Ihr Gastgeber wird per E-Mail gefragt und lässt Sie ein.',
    name: 'Ihr Name',
    host: 'Wen besuchen Sie?',
    hostHint: 'Vor- und Nachname.',
    terms: 'Ich stimme den Nutzungsbedingungen zu',
    button: 'Anmelden',
    askButton: 'Gastgeber fragen',
    problems: {
      name: 'Geben Sie Ihren Namen ein.',
      email: 'Geben Sie eine E-Mail-Adresse ein, zum Beispiel anna@example.com.',
      host: 'Geben Sie den Namen der Person ein, die Sie besuchen.',
      hostUnknown:
        'Unter diesem Namen kann hier niemand gefragt werden. Prüfen Sie die Schreibweise oder fragen Sie am Empfang.',
      hostSeveral: 'Damit sind mehrere Personen gemeint. Geben Sie Vor- und Nachnamen ein.',
      terms: 'Stimmen Sie den Nutzungsbedingungen zu, um weiterzugehen.',
    },
    busy: { title: 'Das geht gerade nicht', text: 'Bitte fragen Sie am Empfang.' },
  },
  waiting: {
    title: 'Ihr Gastgeber ist gefragt',
    text: 'Bitte warten Sie auf die Antwort. Diese Seite geht von selbst weiter.',
    wifi: 'Sie können diese Seite schließen: Sagt Ihr Gastgeber ja, ist dieses Gerät online.',
    haveCode: 'Ich habe einen Code',
    declined: {
      title: 'Ihr Gastgeber kann Sie gerade nicht empfangen',
      text: 'Bitte fragen Sie am Empfang.',
    },
    expired: {
      title: 'Niemand hat geantwortet',
      text: 'Fragen Sie noch einmal oder gehen Sie zum Empfang.',
      again: 'Noch einmal fragen',
    },
  },
  approve: {
    title: (visitor) => `${visitor} fragt nach Ihnen`,
    asked: (when) => `Gefragt ${when}`,
    atDesk: 'Steht an der Anmeldung.',
    onWifi: 'Wartet auf das WLAN.',
    lasts: (duration) => `Sagen Sie ja, ist das WLAN ${duration} lang offen.`,
    stranger: 'Sie kennen diese Person nicht? Dann lehnen Sie ab.',
    yes: 'Einlassen',
    no: 'Ablehnen',
    approved: (when) => `Eingelassen ${when}`,
    declined: (when) => `Abgelehnt ${when}`,
    stands: 'Diese Antwort gilt. Der Empfang kann sie ändern.',
    expired: {
      title: 'Diese Anfrage ist vorbei',
      text: 'Niemand hat rechtzeitig geantwortet. Der Gast kann noch einmal fragen.',
    },
    unknown: {
      title: 'Diese Anfrage gibt es nicht',
      text: 'Der Link ist abgeschnitten oder älter als ein Tag.',
    },
  },
};
