import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'pl',
  locale: 'pl',
  dir: 'ltr',
  noName: 'Wi-Fi dla gości',

  hello: 'Dzień dobry, {fullname},',
  when: 'Kiedy: {when}',
  visit: 'Wizyta: {arrival} ({timezone})',
  host: 'Gospodarz: {host}',
  desk: 'Dokąd: {desk}',
  network: 'Wi-Fi: {network}',
  devices: 'Liczba urządzeń: najwyżej {devices}',
  expires: 'Link działa do: {expires}.',
  claim: 'Otwórz stronę z wpisanym kodem',
  picture: 'Ten obrazek zastępuje kod: odczyta go aparat telefonu i recepcja.',

  use: {
    wifi: 'Służy do zameldowania w recepcji i do połączenia z Wi-Fi. Same cyfry, odstępy nie mają znaczenia.',
    checkInOnly: 'Proszę pokazać go w recepcji po przybyciu. Służy do zameldowania i nie otwiera Wi-Fi.',
  },
  span: '{day}, {from}–{until}',
  days: 'od: {from}; do: {until}',
  afterCheckIn: '{duration}, licząc od zameldowania w recepcji. Oczekiwane przybycie: {arrival}',
  afterFirstUse: '{duration}, licząc od pierwszego wpisania. Najwcześniej: {from}. Najpóźniej: {until}',

  registered: {
    subject: 'Kod na wizytę: {sitename}',
    intro: 'czekamy na wizytę: {sitename}. Oto kod:',
  },
  reissued: {
    subject: 'Nowy kod na wizytę: {sitename}',
    intro: 'oto nowy kod na wizytę: {sitename}. Poprzedni już nie działa.',
  },
  changed: {
    subject: 'Zmiana wizyty: {sitename}',
    intro: 'wizyta została zmieniona: {sitename}. Od teraz obowiązuje to, co poniżej; kod pozostaje ten sam:',
  },
  cancelled: {
    subject: 'Wizyta odwołana: {sitename}',
    intro: 'wizyta została odwołana: {sitename}. Kod już nie działa.',
    ask: 'Jeśli to niespodzianka, proszę zapytać gospodarza.',
  },
  arrived: {
    subject: 'Gość na miejscu: {fullname}',
    intro: 'Gość jest na miejscu: {fullname}, {sitename}.',
    expected: 'Oczekiwane przybycie: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: 'Prośba o wizytę: {fullname}',
    intro:
      '{fullname} jest na miejscu ({sitename}), wskazuje Panią lub Pana jako gospodarza i prosi o Wi-Fi dla gości.',
    purpose: 'Powód: {purpose}',
    button: 'Zgoda lub odmowa',
    otherwise: 'Strona zapyta, zanim cokolwiek się stanie. Jeśli to osoba nieznana, proszę odmówić.',
  },
  walkInAnswer: {
    subject: 'W sprawie wizyty: {sitename}',
    declined: 'Gospodarz nie może przyjąć gościa. Proszę zapytać w recepcji.',
  },
  hostLink: {
    subject: 'Logowanie: {sitename}',
    intro: 'ten link służy do rejestrowania gości: {sitename}. Działa jeden raz.',
    button: 'Zaloguj się',
    otherwise: 'Jeśli to nie Pani ani Pana prośba, nie trzeba nic robić.',
  },
  teamLink: {
    subject: 'Konto: {sitename}',
    invitation: 'Zapraszamy do pracy z Foyer: {sitename}. Na początek proszę wybrać hasło.',
    reset: 'Poproszono o nowe hasło do konta: {sitename}.',
    button: 'Wybierz hasło',
    otherwise: 'Link działa jeden raz. Jeśli to nie Pani ani Pana prośba, nie trzeba nic robić.',
  },
  test: {
    subject: 'Poczta działa: {sitename}',
    intro: 'To jest próba. Skoro dotarła, goście też dostaną swoją pocztę ({sitename}).',
  },
  calendar: 'Wizyta: {sitename}',
};
