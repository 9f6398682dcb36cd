/** A Wi-Fi as the code that joins it says it. */
export interface WifiNetwork {
  ssid: string;
  /** Empty: an open network. */
  password: string;
  hidden: boolean;
}

/** The signs that mean something between fields. */
const escaped = (text: string): string => text.replace(/[\\;,:"]/g, '\\$&');

/**
 * What phones read from a code that joins a Wi-Fi (the MECARD-like form that ZXing describes). A name or key that looks
 * like a hexadecimal number is not put into quotation marks as one old app had it: the cameras of iPhones take those for
 * a part of the key.
 */
export function wifiText({ ssid, password, hidden }: WifiNetwork): string {
  const key = password === '' ? 'T:nopass;' : `T:WPA;P:${escaped(password)};`;
  return `WIFI:S:${escaped(ssid)};${key}${hidden ? 'H:true;' : ''};`;
}
