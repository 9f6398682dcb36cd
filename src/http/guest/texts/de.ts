import type { Texts } from './en.js';

export const texts: Texts = {
  lang: 'de',
  locale: 'de',
  dir: 'ltr',
  language: 'Deutsch',
  switchTo: 'Sprache',

  noName: 'Gäste-WLAN',
  errorTitle: (title) => `Fehler: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Hier geht es ins WLAN',
    label: 'Ihr Code',
    hint: 'Sie finden ihn in Ihrer Einladung. Nur Ziffern.',
    noCode: 'Kein Code? Fragen Sie am Empfang.',
    button: 'Online gehen',
    emailLabel: 'Ihre E-Mail-Adresse',
    emailHint: 'Die Adresse, an die Ihre Einladung ging.',
    claimed: 'Ihr Code ist schon eingetragen. Gehen Sie online, wann Sie möchten.',
    again: 'Diese Seite war zu lange offen. Bitte senden Sie Ihren Code noch einmal ab.',
    unknownLink:
      'Dieser Link führt zu keinem Code mehr. Geben Sie Ihren Code hier ein oder fragen Sie am Empfang.',
  },
  malformed: {
    title: 'Das ist kein vollständiger Code',
    text: 'Ein Code hat 5 bis 10 Ziffern, zum Beispiel 4821\u00a00937. Leerzeichen und Striche stören nicht.',
  },
  notForm: {
    title: 'Das ließ sich nicht lesen',
    text: 'Geben Sie Ihren Code unten in das Feld ein und drücken Sie auf den Knopf.',
  },
  refused: {
    title: 'Dieser Code öffnet das WLAN nicht',
    text: 'Vergleichen Sie ihn Ziffer für Ziffer mit Ihrer Einladung und geben Sie ihn noch einmal ein. Er gilt nur rund um die Zeit Ihres Besuchs, und eine neuere Einladung ersetzt den älteren Code.',
    withEmail:
      'Vergleichen Sie beides mit Ihrer Einladung: den Code Ziffer für Ziffer und die Adresse, an die sie ging. Nicht per E-Mail eingeladen? Der Empfang hilft Ihnen ins WLAN.',
  },
  early: {
    title: (when) => `Ihr Zugang beginnt ${when}`,
    text: 'Ihr Code stimmt. Geben Sie ihn dann noch einmal ein, und Sie sind online.',
    checkInTitle: 'Melden Sie sich bitte zuerst am Empfang',
    checkInText:
      'Ihr Code stimmt. Er öffnet das WLAN, sobald der Empfang Sie angemeldet hat. Geben Sie ihn dann hier noch einmal ein.',
  },
  expired: {
    title: (when) => `Ihr Zugang endete ${when}`,
    text: 'Der Empfang kann ihn verlängern. Danach geben Sie hier denselben Code noch einmal ein.',
  },
  checkInOnly: {
    title: 'Dieser Code ist für die Anmeldung',
    text: 'Er öffnet das WLAN nicht. Zeigen Sie ihn am Empfang und fragen Sie dort nach dem WLAN.',
  },
  email: {
    title: 'Noch etwas: Ihre E-Mail-Adresse',
    text: 'Hier wurden in letzter Zeit viele falsche Codes eingegeben. Um Ihren zu schützen, geben Sie ihn bitte zusammen mit der Adresse ein, an die Ihre Einladung ging. Nicht per E-Mail eingeladen? Der Empfang hilft Ihnen ins WLAN.',
  },
  throttled: {
    title: (wait) => `Bitte ${wait} warten`,
    text: 'Mehrere Codes waren falsch. Geben Sie Ihren danach noch einmal ein. Der Empfang kann ihn für Sie nachsehen.',
  },
  deviceLimit: {
    title: 'Mehr Geräte lässt dieser Code nicht zu',
    text: 'Wählen Sie, welches Gerät das WLAN verlässt: Dieses hier übernimmt dann den Platz.',
    noneLeft:
      'Alle Plätze dieses Codes sind belegt, und getauscht wurde schon dreimal an einem Tag. Der Empfang hilft Ihnen weiter.',
    legend: 'Welches Gerät verlässt das WLAN?',
    device: (tail, since) => `Gerät mit der Endung ${tail}, ${since}`,
    button: 'Tauschen und online gehen',
  },

  connecting: {
    title: 'Das WLAN wird geöffnet\u00a0…',
    text: (until) => `Sie haben Zugang ${until}. Einen Moment noch, die Seite geht von selbst weiter.`,
    slowTitle: 'Das dauert länger als sonst',
    slowText:
      'Sie müssen Ihren Code nicht noch einmal eingeben: Das WLAN öffnet sich, sobald es geht, und diese Seite sagt es Ihnen. Wenn es so bleibt, sagen Sie bitte am Empfang Bescheid.',
  },
  connected: {
    title: (until) => `Sie sind online ${until}`,
    text: (left) => `${left}. Sie können diese Seite schließen.`,
    leave: 'Dieses Gerät vom WLAN trennen',
  },
  ended: {
    title: 'Dieses Gerät ist nicht mehr im WLAN',
    text: 'Die Zeit ist um, oder es wurde getrennt. Mit einem Code, der noch gilt, kommt es wieder hinein.',
    link: 'Code eingeben',
  },
  handoff: {
    title: 'Noch ein Schritt',
    text: 'Ihr Code stimmt. Das WLAN öffnet sich gleich. Wenn nichts passiert, drücken Sie auf den Knopf.',
    press: 'Ihr Code stimmt. Drücken Sie auf den Knopf, um das WLAN zu öffnen.',
    button: 'WLAN öffnen',
  },
  handoffFailed: {
    title: 'Das WLAN hat sich nicht geöffnet',
    text: 'Ihr Code stimmt, aber der Router hat dieses Gerät nicht eingelassen. Trennen Sie das WLAN, verbinden Sie sich neu und öffnen Sie diese Seite. Hilft das nicht, sagen Sie es bitte am Empfang.',
    link: 'Noch einmal versuchen',
  },

  unknownClient: {
    title: 'Zuerst mit dem WLAN verbinden',
    text: 'Diese Seite erkennt Ihr Gerät nicht. Verbinden Sie es mit dem Gäste-WLAN, schalten Sie mobile Daten und VPN aus und öffnen Sie diese Seite noch einmal.',
    claim:
      'Verbinden Sie dieses Gerät mit dem Gäste-WLAN und öffnen Sie diesen Link noch einmal: Ihr Code ist dann schon eingetragen.',
    desk: 'Schon verbunden? Trennen Sie das WLAN und verbinden Sie sich neu. Wenn auch das nicht hilft: Der Empfang bringt Sie ins WLAN.',
    link: 'Noch einmal prüfen',
  },
  notFound: {
    title: 'Diese Seite gibt es nicht',
    text: 'Von hier ist es nur ein Schritt ins WLAN.',
    link: 'Zum WLAN',
  },
  unavailable: {
    title: 'Einen Moment, bitte',
    text: 'Gerade kann kein Code geprüft werden. Diese Seite versucht es alle paar Sekunden von selbst wieder.',
    link: 'Jetzt noch einmal versuchen',
  },
  broken: {
    title: 'Bei uns stimmt etwas nicht',
    text: (reference) =>
      `Es liegt nicht an Ihrem Code. Versuchen Sie es noch einmal oder nennen Sie dem Empfang diese Nummer: ${reference}.`,
    link: 'Zurück zum Anfang',
  },

  terms: {
    title: 'Nutzungs\u00adbedingungen',
    link: 'Wenn Sie online gehen, stimmen Sie den Nutzungs\u00adbedingungen zu.',
    back: 'Zurück',
  },

  left: (duration) => `Noch ${duration}`,
  almostOver: 'Noch weniger als eine Minute',
  at: (clock) => `um ${clock} Uhr`,
  onDay: (dayAndClock) => `am ${dayAndClock} Uhr`,
  until: (clock) => `bis ${clock} Uhr`,
  untilDay: (dayAndClock) => `bis ${dayAndClock} Uhr`,
  since: (clock) => `seit ${clock} Uhr`,
  sinceDay: (dayAndClock) => `seit ${dayAndClock} Uhr`,
};
