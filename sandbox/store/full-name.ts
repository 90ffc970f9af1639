/** Given and family name as their script writes them: 김민지, Ann Lee. */
export function fullName(firstName: string | null, lastName: string | null): string {
  const isHangul = /\p{Script=Hangul}/u.test(`${firstName ?? ""}${lastName ?? ""}`);
  return isHangul ? `${lastName ?? ""}${firstName ?? ""}` : [firstName, lastName].filter(Boolean).join(" ");
}
