import type { FieldProblem } from './problem.js';

/** What a column of a file can be. */
export const IMPORT_FIELDS = [
  'name',
  'firstName',
  'lastName',
  'email',
  'host',
  'hostEmail',
  'expectedArrival',
  'date',
  'time',
  'durationMinutes',
  'until',
  'maxDevices',
  'language',
  'downKbps',
  'upKbps',
  'quotaMB',
  'state',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Which column each field stands in, counted from 0. */
export type Columns = Partial<Record<ImportField, number>>;
/** Headers that somebody chose. */
export type Mapping = Partial<Record<ImportField, string>>;

/**
 * Headers by which a column is known, the likeliest first: the export's own, Nexudus's, those of other systems and of
 * spreadsheets in the languages of the guest pages.
 */
const KNOWN: Record<ImportField, string> = {
  name: 'name, full name, visitor, visitor name, guest, guest name, besucher, besuchername, gast, nom complet, nom et prenom, visiteur, invite, nombre completo, visitante, nome completo, visitatore, ospite, naam, volledige naam, bezoeker, imie i nazwisko, gosc, nome, nombre, nom, ad soyad, ziyaretci, 氏名, 名前, お名前, 姓名, 访客, الاسم, שם',
  firstName:
    'first name, given name, forename, vorname, prenom, primeiro nome, voornaam, imie, ad, isim, 名, nombre de pila, nome proprio',
  lastName:
    'last name, surname, family name, nachname, familienname, nom de famille, apellidos, apellido, cognome, sobrenome, apelido, achternaam, nazwisko, soyad, soyadi, 姓',
  email:
    'email, e-mail address, mail, visitor email, guest email, e-mail-adresse, mailadresse, adresse email, courriel, correo, correo electronico, correo-e, posta elettronica, indirizzo email, e-mailadres, adres email, eposta, メール, メールアドレス, 电子邮件, 邮箱, البريد الإلكتروني, אימייל',
  host: 'host, host name, coworker full name, invited by, member, gastgeber, ansprechpartner, gastgeberin, hote, anfitrion, ospitante, gastheer, gospodarz, anfitriao, ev sahibi, 訪問先, 接待人, المضيف, מארח',
  hostEmail:
    'host email, host e-mail, coworker email, member email, e-mail des gastgebers, gastgeber e-mail, email de l hote, correo del anfitrion',
  expectedArrival:
    'expected arrival, arrival, arrives, start, begin, from, expected at, arrival time, ankunft, erwartete ankunft, beginn, von, arrivee, arrivee prevue, debut, llegada, llegada prevista, inicio, arrivo, arrivo previsto, inizio, chegada, aankomst, verwachte aankomst, przyjazd, przybycie, varis, 到着, 到着予定, 到达时间, 预计到达, الوصول, הגעה',
  date: 'date, day, arrival date, datum, tag, ankunftsdatum, jour, fecha, dia, data, giorno, dag, dzien, tarih, gun, 日付, 日期, التاريخ, תאריך',
  time: 'time, start time, uhrzeit, zeit, ankunftszeit, heure, hora, ora, orario, tijd, godzina, saat, 時刻, 时间, الوقت, שעה',
  durationMinutes:
    'duration, duration minutes, minutes, length, dauer, dauer minuten, minuten, duree, duree minutes, duracion, duracion minutos, durata, duracao, duur, czas trwania, sure, 時間, 时长, المدة, משך',
  until:
    'until, end, to, ends, expected departure, departure, bis, ende, abreise, jusqu a, fin, depart, hasta, salida, fino a, fine, partenza, ate, fim, saida, tot, einde, vertrek, do, koniec, bitis, 終了, まで, 结束, 离开时间, حتى, עד',
  maxDevices:
    'devices, max devices, number of devices, maximum devices, gerate, anzahl gerate, appareils, dispositivos, dispositivi, apparaten, urzadzenia, cihazlar, 端末数, 设备数, الأجهزة, מכשירים',
  language:
    'language, lang, locale, sprache, langue, idioma, lingua, taal, jezyk, dil, 言語, 语言, اللغة, שפה',
  downKbps: 'download kbps, down kbps',
  upKbps: 'upload kbps, up kbps',
  quotaMB: 'quota mb, volume mb',
  state: 'state, status, zustand, etat, estado, stato',
};

/** A header without what people write differently: case, accents, spaces, signs. */
const plain = (header: string): string =>
  header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .replace(/[^\p{L}\p{N}]/gu, '');

const known = Object.entries(KNOWN).map(
  ([field, headers]) => [field as ImportField, headers.split(',').map(plain)] as const,
);

const isField = (text: string): text is ImportField => IMPORT_FIELDS.some((field) => field === text);

/** A name in two columns goes before one; a moment goes before a date and a time. */
function settle(columns: Columns): void {
  if (columns.firstName !== undefined && columns.lastName === undefined && columns.name !== undefined) {
    // "Name; Vorname" is how German and French lists say surname and first name.
    columns.lastName = columns.name;
    delete columns.name;
  }
  if (columns.name !== undefined) {
    delete columns.firstName;
    delete columns.lastName;
  }
  if (columns.expectedArrival !== undefined) {
    delete columns.date;
    delete columns.time;
  }
  if (columns.expectedArrival === undefined && columns.date !== undefined && columns.time === undefined) {
    columns.expectedArrival = columns.date;
    delete columns.date;
  }
}

const quoted = (headers: readonly string[]): string =>
  headers
    .filter((header) => header.trim() !== '')
    .slice(0, 30)
    .map((header) => `"${header.trim().slice(0, 40)}"`)
    .join(', ');

/** Which column is what: as it was chosen, else by its header. */
export function findColumns(
  headers: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): { ok: true; columns: Columns; ignored: string[] } | { ok: false; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const columns: Columns = {};
  const plains = headers.map(plain);
  const used = new Set<number>();
  const declined = new Set<string>();
  for (const [field, header] of Object.entries(mapping)) {
    if (!isField(field)) {
      problems.push({
        field: `map.${field}`,
        message: `No column can be "${field.slice(0, 40)}". There are: ${IMPORT_FIELDS.join(', ')}.`,
      });
      continue;
    }
    // A field that is mapped to nothing is left out, whatever the headers say.
    declined.add(field);
    if (header.trim() === '') continue;
    const exact = headers.findIndex((one) => one.trim() === header.trim());
    const at = exact >= 0 ? exact : plains.indexOf(plain(header));
    if (at < 0) {
      problems.push({
        field: `map.${field}`,
        message: `The file has no column "${header.slice(0, 40)}". It has: ${quoted(headers)}.`,
      });
      continue;
    }
    columns[field] = at;
    used.add(at);
  }
  for (const [field, names] of known) {
    if (declined.has(field)) continue;
    const at = names
      .map((name) => plains.findIndex((one, i) => one === name && !used.has(i)))
      .find((i) => i >= 0);
    if (at === undefined) continue;
    columns[field] = at;
    used.add(at);
  }
  if (problems.length > 0) return { ok: false, problems };
  settle(columns);
  if (columns.name === undefined && columns.firstName === undefined && columns.lastName === undefined)
    problems.push({
      field: 'name',
      message: `No column is known to hold the names. Call it "Name", or map it. The file has: ${quoted(headers)}.`,
    });
  if (columns.expectedArrival === undefined && columns.date === undefined)
    problems.push({
      field: 'expectedArrival',
      message: `No column is known to hold the arrivals. Call it "Expected arrival", or map it. The file has: ${quoted(headers)}.`,
    });
  if (problems.length > 0) return { ok: false, problems };
  const taken = new Set(Object.values(columns));
  const ignored = headers
    .filter((header, i) => !taken.has(i) && header.trim() !== '')
    .map((one) => one.trim());
  return { ok: true, columns, ignored };
}
