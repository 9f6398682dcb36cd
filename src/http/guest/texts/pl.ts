import type { Texts } from './en.js';

/** `wtorek, 24 listopada, godz. 10:00` */
const day = (dayAndClock: string): string => dayAndClock.replace(/ (\d+:\d+)$/, ', godz.\u00a0$1');

export const texts: Texts = {
  lang: 'pl',
  locale: 'pl',
  dir: 'ltr',
  language: 'Polski',
  switchTo: 'Język',

  noName: 'Wi-Fi dla gości',
  errorTitle: (title) => `Błąd: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Dostęp do Wi-Fi',
    label: 'Kod dostępu',
    hint: 'Same cyfry. Kod jest w\u00a0zaproszeniu.',
    noCode: 'Brak kodu? Pomoże recepcja.',
    button: 'Połącz z\u00a0internetem',
    emailLabel: 'Adres e-mail',
    emailHint: 'Ten, na który przyszło zaproszenie.',
    claimed: 'Kod jest już wpisany. Wystarczy nacisnąć przycisk.',
    again: 'Strona była otwarta zbyt długo. Prosimy wysłać kod jeszcze raz.',
    unknownLink: 'Ten link nie prowadzi już do kodu. Prosimy wpisać kod albo zapytać w\u00a0recepcji.',
  },
  malformed: {
    title: 'To nie jest pełny kod',
    text: 'Kod ma od 5 do 10 cyfr, na przykład 4821\u00a00937. Spacje i\u00a0kreski nie przeszkadzają.',
  },
  notForm: {
    title: 'Nie udało się tego odczytać',
    text: 'Prosimy wpisać kod w\u00a0polu poniżej i\u00a0nacisnąć przycisk.',
  },
  refused: {
    title: 'Ten kod nie daje dostępu do Wi-Fi',
    text: 'Prosimy porównać go z\u00a0zaproszeniem, cyfra po cyfrze, i\u00a0wpisać jeszcze raz. Kod działa tylko w\u00a0porze wizyty, a\u00a0nowsze zaproszenie zastępuje starszy kod.',
    withEmail:
      'Prosimy porównać kod z\u00a0zaproszeniem, cyfra po cyfrze, i\u00a0sprawdzić, na jaki adres przyszło. Brak adresu? Recepcja zapewni dostęp.',
  },
  early: {
    title: (when) => `Początek dostępu: ${when}`,
    text: 'Kod jest prawidłowy. Wystarczy wtedy wpisać go jeszcze raz, a\u00a0internet zadziała.',
    checkInTitle: 'Najpierw prosimy zgłosić się w\u00a0recepcji',
    checkInText:
      'Kod jest prawidłowy. Dostęp do Wi-Fi włączy się, gdy recepcja odnotuje przyjście. Wtedy prosimy wpisać kod tutaj jeszcze raz.',
  },
  expired: {
    title: (when) => `Dostęp wygasł: ${when}`,
    text: 'Recepcja może go przedłużyć. Kod się nie zmieni; potem wystarczy wpisać go tutaj jeszcze raz.',
  },
  checkInOnly: {
    title: 'Ten kod służy do zgłoszenia się w\u00a0recepcji',
    text: 'Nie daje dostępu do Wi-Fi. Prosimy pokazać go w\u00a0recepcji i\u00a0tam poprosić o\u00a0dostęp.',
  },
  email: {
    title: 'Jeszcze jedno: adres e-mail',
    text: 'Ostatnio wpisano tu wiele błędnych kodów. Dla ochrony kodu prosimy wpisać go razem z\u00a0adresem, na który przyszło zaproszenie. Brak adresu? Recepcja zapewni dostęp.',
  },
  throttled: {
    title: (wait) => `Prosimy poczekać: ${wait}`,
    text: 'Kilka wpisanych kodów było błędnych. Po tym czasie prosimy wpisać kod jeszcze raz. Recepcja może go sprawdzić.',
  },
  deviceLimit: {
    title: 'Ten kod nie obejmuje więcej urządzeń',
    text: 'Prosimy wybrać urządzenie do odłączenia: to urządzenie zajmie jego miejsce.',
    noneLeft:
      'Kod działa już na tylu urządzeniach, na ilu może, a\u00a0zamieniono je już trzy razy w\u00a0ciągu doby. Pomoże recepcja.',
    legend: 'Które urządzenie odłączyć?',
    device: (tail, since) => `Urządzenie z\u00a0końcówką ${tail}, w\u00a0sieci ${since}`,
    button: 'Zamień i\u00a0połącz z\u00a0internetem',
  },

  connecting: {
    title: 'Łączymy z\u00a0Wi-Fi…',
    text: (until) =>
      `Internet będzie działać ${until}. Łączenie chwilę potrwa, a\u00a0strona przejdzie dalej sama.`,
    slowTitle: 'To trwa dłużej, niż powinno',
    slowText:
      'Kodu nie trzeba wpisywać ponownie: Wi-Fi zadziała, gdy tylko będzie to możliwe, a\u00a0ta strona o\u00a0tym powiadomi. Jeśli to się przedłuża, prosimy powiedzieć o\u00a0tym w\u00a0recepcji.',
  },
  connected: {
    title: (until) => `Internet działa ${until}`,
    text: (left) => `${left}. Tę stronę można zamknąć.`,
    leave: 'Odłącz to urządzenie od\u00a0Wi-Fi',
  },
  ended: {
    title: 'To urządzenie jest odłączone od Wi-Fi',
    text: 'Jego czas się skończył albo zostało odłączone. Z\u00a0ważnym kodem można połączyć je znowu.',
    link: 'Wpisz kod',
  },
  handoff: {
    title: 'Jeszcze jeden krok',
    text: 'Kod jest prawidłowy. Wi-Fi zadziała za chwilę. Jeśli nic się nie dzieje, wystarczy nacisnąć przycisk.',
    press: 'Kod jest prawidłowy. Aby włączyć Wi-Fi, wystarczy nacisnąć przycisk.',
    button: 'Włącz dostęp do Wi-Fi',
  },
  handoffFailed: {
    title: 'Nie udało się połączyć',
    text: 'Kod jest prawidłowy, ale router nie wpuścił tego urządzenia. Prosimy rozłączyć Wi-Fi, połączyć się ponownie i otworzyć tę stronę. Jeśli to nie pomoże, prosimy o kontakt z recepcją.',
    link: 'Spróbuj ponownie',
  },

  unknownClient: {
    title: 'Najpierw prosimy połączyć się z\u00a0Wi-Fi',
    text: 'Ta strona nie rozpoznaje urządzenia. Prosimy połączyć je z\u00a0Wi-Fi dla gości, wyłączyć dane komórkowe i\u00a0VPN, a\u00a0potem otworzyć tę stronę jeszcze raz.',
    claim:
      'Prosimy połączyć to urządzenie z\u00a0Wi-Fi dla gości, a\u00a0potem otworzyć ten link jeszcze raz: kod będzie już wpisany.',
    desk: 'Urządzenie jest już połączone? Prosimy rozłączyć je z\u00a0Wi-Fi i\u00a0połączyć ponownie. Jeśli to nie pomoże, recepcja zapewni dostęp.',
    link: 'Sprawdź jeszcze raz',
  },
  notFound: {
    title: 'Nie ma takiej strony',
    text: 'Do strony z\u00a0dostępem do Wi-Fi jest jeden krok.',
    link: 'Przejdź do Wi-Fi',
  },
  unavailable: {
    title: 'Prosimy o\u00a0chwilę cierpliwości',
    text: 'W\u00a0tej chwili nie można sprawdzić żadnego kodu. Strona sama próbuje ponownie co kilka sekund.',
    link: 'Spróbuj teraz',
  },
  broken: {
    title: 'Coś nie działa po naszej stronie',
    text: (reference) =>
      `To nie wina kodu. Prosimy spróbować ponownie albo podać w\u00a0recepcji ten numer: ${reference}.`,
    link: 'Wróć na początek',
  },

  terms: {
    title: 'Warunki korzystania',
    link: 'Połączenie z\u00a0internetem oznacza akceptację warunków korzystania.',
    back: 'Wróć',
  },

  left: (duration) => `Pozostały czas: ${duration}`,
  almostOver: 'Została mniej niż minuta',
  at: (clock) => `dziś o\u00a0${clock}`,
  onDay: day,
  // The name of the day is a nominative, which stands after a colon only.
  until: (clock) => `do\u00a0${clock}`,
  untilDay: (dayAndClock) => `do: ${day(dayAndClock)}`,
  since: (clock) => `od\u00a0${clock}`,
  sinceDay: (dayAndClock) => `od: ${day(dayAndClock)}`,
};
