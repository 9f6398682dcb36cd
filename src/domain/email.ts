const EMAIL = /^[^\s@<>"',;:\\]+@[^\s@<>"',;:\\.]+(?:\.[^\s@<>"',;:\\.]+)*$/;
const EMAIL_MOST = 254;

/** What is wrong with an address; undefined where nothing is. */
export function emailProblem(email: string): string | undefined {
  if (EMAIL.test(email) && email.length <= EMAIL_MOST) return undefined;
  return 'That is not an e-mail address. Right would be anna@example.com.';
}
