import type { Random } from "./random.ts";

export interface Person {
  email: string;
  firstName: string;
  lastName: string;
  locale: string;
}

const ENGLISH_FIRST = [
  "Ada",
  "Ben",
  "Cleo",
  "Dev",
  "Elena",
  "Finn",
  "Grace",
  "Hugo",
  "Iris",
  "Jack",
  "Kira",
  "Leo",
  "Mina",
  "Noah",
  "Opal",
  "Paul",
  "Quinn",
  "Rosa",
  "Seth",
  "Tara",
  "Uma",
  "Vera",
  "Wes",
  "Yara",
  "Zane",
];
const ENGLISH_LAST = [
  "Alvarez",
  "Brooks",
  "Chen",
  "Diaz",
  "Evans",
  "Fischer",
  "Grant",
  "Hayes",
  "Ito",
  "Jensen",
  "Khan",
  "Lindgren",
  "Moreau",
  "Novak",
  "Ortiz",
  "Park",
  "Reid",
  "Silva",
  "Tran",
  "Weber",
];
const KOREAN_FIRST: readonly (readonly [string, string])[] = [
  ["서준", "seojun"],
  ["지우", "jiwoo"],
  ["하은", "haeun"],
  ["도윤", "doyun"],
  ["수아", "sua"],
  ["예준", "yejun"],
  ["지호", "jiho"],
  ["하린", "harin"],
  ["은우", "eunwoo"],
  ["다은", "daeun"],
  ["시우", "siwoo"],
  ["채원", "chaewon"],
  ["유나", "yuna"],
  ["건우", "gunwoo"],
  ["소율", "soyul"],
  ["현우", "hyunwoo"],
  ["지안", "jian"],
  ["민서", "minseo"],
  ["태윤", "taeyun"],
  ["나윤", "nayun"],
];
const KOREAN_LAST: readonly (readonly [string, string])[] = [
  ["김", "kim"],
  ["이", "lee"],
  ["박", "park"],
  ["최", "choi"],
  ["정", "jung"],
  ["강", "kang"],
  ["조", "cho"],
  ["윤", "yoon"],
  ["장", "jang"],
  ["임", "lim"],
];

/** So many people with names of the shop's language, no two with the same e-mail. */
export function makePeople(random: Random, locale: string, count: number): Person[] {
  const people = new Map<string, Person>();
  while (people.size < count) {
    const person = locale === "ko" ? koreanPerson(random) : englishPerson(random);
    people.set(person.email, person);
  }
  return [...people.values()];
}

function englishPerson(random: Random): Person {
  const firstName = random.pick(ENGLISH_FIRST);
  const lastName = random.pick(ENGLISH_LAST);
  return { firstName, lastName, locale: "en", email: `${firstName}.${lastName}@example.com`.toLowerCase() };
}

function koreanPerson(random: Random): Person {
  const [firstName, firstLatin] = random.pick(KOREAN_FIRST);
  const [lastName, lastLatin] = random.pick(KOREAN_LAST);
  return { firstName, lastName, locale: "ko", email: `${firstLatin}.${lastLatin}@example.com` };
}
