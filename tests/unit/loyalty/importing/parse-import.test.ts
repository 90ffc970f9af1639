import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { FileRefused } from "#app/loyalty/importing/decode-csv.ts";
import { detectColumns, reportedPoints } from "#app/loyalty/importing/import-profiles.ts";
import { parseImport } from "#app/loyalty/importing/parse-import.server.ts";
import { readImportRow } from "#app/loyalty/importing/read-import-row.ts";
import { reportCell, reportLine } from "#app/loyalty/importing/report-csv.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function parsed(content: string | Uint8Array, pieceSize = 7) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const result: { profile: string; kind: string; rows: unknown[][] } = { profile: "", kind: "", rows: [] };
  for await (const part of parseImport(pieces(bytes, pieceSize))) {
    if (part.kind === "columns")
      Object.assign(result, { profile: part.columns.profile, kind: part.columns.kind });
    else result.rows.push([part.row.line, part.row.contact, part.row.points ?? part.row.problem]);
  }
  return result;
}

const refused = (content: string | Uint8Array) =>
  parsed(content).then(
    () => "accepted",
    (error: unknown) => (error instanceof FileRefused ? error.problem : error),
  );

describe("where a file comes from", () => {
  test.each([
    ["smile", "balance"],
    ["loyaltylion", "balance"],
    ["yotpo", "balance"],
    ["rivo", "balance"],
    ["joy", "balance"],
    ["plain", "change"],
  ])("an export of %s is told by its header and read", async (profile, kind) => {
    const file = await parsed(await readFile(`tests/fixtures/imports/${profile}.csv`));
    expect(file).toMatchObject({ profile, kind });
    expect(file.rows.slice(0, 2).map((row) => row[2])).toEqual([1250, 2400]);
  });

  test.each([
    ["joy", "Email,First name,Last name,Point,Tier,Total earned points"],
    ["smile", "Email,First Name,Last Name,State,Points Balance,VIP Tier,Referral URL,Date of Birth"],
    ["rivo", "Email,Points Balance,Birthdate,VIP Tier,Activation Date,Credits Balance"],
    ["yotpo", "First Name,Last Name,Email,Points Balance,Points Spent,Birthday (MM/DD),Anniversary"],
    ["loyaltylion", "ID,Merchant ID,Email,Points approved,Points pending,Points spent"],
    ["plain", "email,point"],
    ["plain", "Email,Points"],
    ["plain", "Shopify Customer ID,Points Balance"],
  ])("is %s by the header %s", (profile, header) => {
    expect(detectColumns(header.split(","))).toMatchObject({ profile });
  });

  test.each(["smile", "loyaltylion", "yotpo", "rivo", "joy"] as const)(
    "a report on a file of %s is one of that program's balances, with Shopify's customer ids",
    (profile) => {
      const header = ["line", "email", "phone", "customer_id", reportedPoints(profile), "note", "problem"];
      expect(detectColumns(header)).toEqual({
        profile,
        kind: "balance",
        customer: 3,
        email: 1,
        phone: 2,
        points: 4,
        note: null,
      });
    },
  );

  test("a report on a plain file is a plain file", () => {
    const header = ["line", "email", "phone", "customer_id", reportedPoints("plain"), "note", "problem"];
    expect(detectColumns(header)).toMatchObject({ profile: "plain", kind: "change", points: 4, note: 5 });
    expect(reportedPoints(null)).toBe("points");
  });

  test("a file without header, contact or points says so", () => {
    expect(detectColumns(["mina@example.com", "100"])).toEqual({ problem: "no_header" });
    expect(detectColumns(["name", "points"])).toEqual({ problem: "no_contact_column" });
    expect(detectColumns(["email", "name"])).toEqual({ problem: "no_points_column" });
  });

  test("T48 a header of prototype keys is a header like any other", () => {
    expect(detectColumns(["__proto__", "constructor", "email", "points"])).toMatchObject({
      email: 2,
      points: 3,
    });
    expect(detectColumns(["__proto__", "constructor"])).toEqual({ problem: "no_contact_column" });
  });
});

describe("how a file is written", () => {
  const rows = [
    [2, "mina@example.com", 5],
    [3, "jun@example.com", -7],
  ];
  test.each([
    ["with a mark and CRLF", "\uFEFFemail,points\r\nMina@example.com,5\r\njun@example.com,-7\r\n"],
    ["with semicolons", "email;points\nmina@example.com;5\njun@example.com;-7"],
    ["with tabs", "email\tpoints\nmina@example.com\t5\njun@example.com\t-7\n"],
    ["with quotes", '"email","points"\n"mina@example.com","5"\n" jun@example.com","-7"\n'],
    ["with Korean names of columns", "이메일,포인트\nmina@example.com,5\njun@example.com,-7\n"],
  ])("%s", async (_how, content) => {
    for (const size of [1, 3, 1000]) {
      const bytes = new TextEncoder().encode(content);
      const file = { rows: [] as unknown[] };
      for await (const part of parseImport(pieces(bytes, size)))
        if (part.kind === "row") file.rows.push([part.row.line, part.row.contact, part.row.points]);
      expect(file.rows).toEqual(rows);
    }
  });

  test("UTF-16 as Excel's Unicode text, and CP949 as Korean Excel saves CSV", async () => {
    const utf16 = Buffer.from("\uFEFF이메일\t포인트\nmina@example.com\t5\n", "utf16le");
    expect((await parsed(utf16)).rows).toEqual([[2, "mina@example.com", 5]]);
    // 이메일,포인트 in CP949
    const cp949 = Buffer.concat([
      Buffer.from([0xc0, 0xcc, 0xb8, 0xde, 0xc0, 0xcf]),
      Buffer.from(","),
      Buffer.from([0xc6, 0xf7, 0xc0, 0xce, 0xc6, 0xae]),
      Buffer.from("\r\nmina@example.com,5\r\n"),
    ]);
    expect((await parsed(cp949)).rows).toEqual([[2, "mina@example.com", 5]]);
  });

  test("what is no CSV is refused as a whole, with its reason", async () => {
    expect(await refused("")).toBe("empty");
    expect(await refused("email,points\n")).toBe("empty");
    expect(await refused(Buffer.from([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]))).toBe("workbook");
    expect(await refused(Buffer.from([1, 2, 0, 4, 5, 10, 0, 1]))).toBe("encoding_unknown");
    expect(await refused('email,points\n"mina@example.com,5\nx')).toBe("broken_quotes");
    expect(await refused("Lorem ipsum dolor sit amet")).toBe("no_contact_column");
  });
});

describe("T31 what a line may say", () => {
  const columns = { kind: "change", customer: 0, email: 1, phone: 2, points: 3, note: null } as const;
  const points = (given: string, kind: "change" | "balance" = "change") => {
    const row = readImportRow(["", "mina@example.com", "", given], { ...columns, kind }, 2);
    return row.points ?? row.problem;
  };

  test.each([
    ["1250", 1250],
    ["+5", 5],
    ["-5", -5],
    ["2,400", 2400],
    ["1250.00", 1250],
    ["1250.0", 1250],
    ["1,250.00", 1250],
    ["1.000", "points_not_whole"],
    ["-1.000", "points_not_whole"],
    ["1.250.000", "points_not_whole"],
    ["1,250.000", "points_not_whole"],
    ["100.0000", "points_not_whole"],
    ["'-5", -5],
    ["", "points_missing"],
    ["NaN", "points_not_whole"],
    ["1e3", "points_not_whole"],
    ["-0", "points_not_whole"],
    ["12.5", "points_not_whole"],
    ["1,25", "points_not_whole"],
    ["0x10", "points_not_whole"],
    ["٣", "points_not_whole"],
    ["0", "points_zero"],
    ["10000001", "points_out_of_range"],
    ["1000000000000000000000", "points_out_of_range"],
    ["=1+1", "points_not_whole"],
  ])("%j is %s", (given, expected) => {
    expect(points(given)).toBe(expected);
  });

  test("a balance brought over is never below zero", () => {
    expect(points("-5", "balance")).toBe("points_negative");
  });

  test("members are named by Shopify's number, e-mail or phone, in that order", () => {
    const contact = (cells: string[]) => {
      const row = readImportRow([...cells, "5"], columns, 2);
      return [row.contactKind, row.contact, row.problem];
    };
    expect(contact(["gid://shopify/Customer/77", "a@b.co", ""])).toEqual(["customer", "77", null]);
    expect(contact(["abc", "A@b.co", ""])).toEqual(["email", "a@b.co", null]);
    expect(contact(["", "", "+82 10-1234-5678"])).toEqual(["phone", "+821012345678", null]);
    expect(contact(["", "", "010-1234-5678"])).toEqual(["phone", "01012345678", "contact_invalid"]);
    expect(contact(["", 'a@b.co" OR id:>0', ""])).toMatchObject([
      "email",
      expect.any(String),
      "contact_invalid",
    ]);
    expect(contact(["", "", ""])).toEqual([null, null, "contact_missing"]);
  });

  test("an address that would spoil the question in which Shopify is asked for fifty is refused, and no other", async () => {
    const file = await parsed("email,points\nmina@example.com,1\nback@slash.com\\,2\njun@example.com,3\n");
    expect(file.rows).toEqual([
      [2, "mina@example.com", 1],
      [3, "back@slash.com\\", "contact_invalid"],
      [4, "jun@example.com", 3],
    ]);
    for (const email of ["a\\@b.co", "a@b\\.co", "\\a@b.co"])
      expect(readImportRow(["", email, "", "5"], columns, 2).problem).toBe("contact_invalid");
  });

  test("a cell that is cut short stays text that can be stored", () => {
    const long = `${"x".repeat(319)}😀`;
    const row = readImportRow(["", long, "", long], columns, 2);
    expect([row.contact?.isWellFormed(), row.givenPoints?.isWellFormed()]).toEqual([true, true]);
    const noted = readImportRow(["", "a@b.co", "", "5", long], { ...columns, note: 4 }, 2);
    expect(noted).toMatchObject({ state: "bad", problem: "note_too_long" });
    expect(noted.note?.isWellFormed()).toBe(true);
  });
});

describe("T48 a report", () => {
  test("holds nothing that a spreadsheet would run", () => {
    for (const evil of ["=1+1", "+1-1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1"])
      expect(reportCell(evil).replace(/^"/u, "")).toMatch(/^'/u);
    expect(reportLine(["3", "-50", 'a "b", c'])).toBe('3,-50,"a ""b"", c"\r\n');
  });
});

describe("why, line by line", () => {
  const read = (header: string, line: string) => {
    const columns = detectColumns(header.split(","));
    if ("problem" in columns) throw new Error(columns.problem);
    return readImportRow(line.split(","), columns, 2);
  };

  test.each(["note", "Reason", "메모", "사유", "비고"])("is the column %s of a plain file", (name) => {
    expect(read(`email,points,${name}`, "mina@example.com,-50,A broken cup ")).toMatchObject({
      points: -50,
      note: "A broken cup",
      state: "read",
    });
  });

  test("is nothing where the cell is empty or there is no such column, and no business of another program's export", () => {
    expect(read("email,points,note", "mina@example.com,5, ")).toMatchObject({ note: null, state: "read" });
    expect(read("email,points", "mina@example.com,5")).toMatchObject({ note: null });
    expect(
      read("Email,Points Balance,Activation Date,Note", "mina@example.com,5,2024-01-01,hello"),
    ).toMatchObject({
      note: null,
    });
  });

  test("is refused when it is longer than a reason may be", () => {
    const long = "x".repeat(201);
    expect(read("email,points,note", `mina@example.com,5,${long}`)).toMatchObject({
      state: "bad",
      problem: "note_too_long",
    });
    expect(read("email,points,note", `mina@example.com,5,${long.slice(1)}`)).toMatchObject({ state: "read" });
  });
});
