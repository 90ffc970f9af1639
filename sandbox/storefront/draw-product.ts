import type { Product, Shop } from "#sandbox/store/types.ts";

interface Palette {
  wall: string;
  table: string;
  light: string;
  body: string;
  dark: string;
  accent: string;
}

/** Drawn in place of photographs: a thing on a table before a wall, in the shop's muted colours. */
const PALETTES: readonly Palette[] = [
  {
    wall: "#e9e2d6",
    table: "#d9cfbf",
    light: "#fbf8f2",
    body: "#efe8db",
    dark: "#cbbfaa",
    accent: "#8a6f4e",
  },
  {
    wall: "#dde4dc",
    table: "#c8d2c6",
    light: "#8fa892",
    body: "#6f8c76",
    dark: "#4f6a57",
    accent: "#f1ede2",
  },
  {
    wall: "#ece0d8",
    table: "#ddcabd",
    light: "#d08c6c",
    body: "#b86f50",
    dark: "#94543a",
    accent: "#f6ede4",
  },
  {
    wall: "#dfe4ea",
    table: "#cbd3dc",
    light: "#6d86a8",
    body: "#4c678c",
    dark: "#344c6d",
    accent: "#eef1f4",
  },
  {
    wall: "#ebe6dd",
    table: "#d8d0c2",
    light: "#5c5852",
    body: "#45413c",
    dark: "#2f2c28",
    accent: "#d6b98a",
  },
  {
    wall: "#e6e7df",
    table: "#d2d4c8",
    light: "#f4f3ec",
    body: "#dfe0d5",
    dark: "#b9bcab",
    accent: "#5d7a70",
  },
  {
    wall: "#efe6d3",
    table: "#e0d2b6",
    light: "#dcb766",
    body: "#c79c44",
    dark: "#a17a2c",
    accent: "#fbf5e6",
  },
  {
    wall: "#e7dfe3",
    table: "#d5c8ce",
    light: "#a9838f",
    body: "#8c6472",
    dark: "#6b4855",
    accent: "#f4ecef",
  },
];

type Motif = (palette: Palette) => string;

const shadow = (cx: number, rx: number) =>
  `<ellipse cx="${cx}" cy="806" rx="${rx}" ry="26" fill="#000" opacity=".13"/>`;

const MOTIFS: Record<string, Motif> = {
  cup: ({ light, body, dark }) =>
    `${shadow(410, 210)}<path d="M560 520c120-20 140 170-14 180" fill="none" stroke="${dark}" stroke-width="34"/>
    <path d="M230 440h340l-24 330q-4 36-44 36H298q-40 0-44-36z" fill="url(#g)"/>
    <ellipse cx="400" cy="440" rx="170" ry="34" fill="${dark}"/><ellipse cx="400" cy="446" rx="150" ry="26" fill="${body}" opacity=".6"/>
    <path d="M262 480l18 280" stroke="${light}" stroke-width="16" opacity=".5" stroke-linecap="round"/>`,
  bowl: ({ light, dark, accent }) =>
    `${shadow(400, 240)}<path d="M140 520h520q0 200-170 262v24H310v-24Q140 720 140 520z" fill="url(#g)"/>
    <ellipse cx="400" cy="520" rx="260" ry="48" fill="${dark}"/><ellipse cx="400" cy="528" rx="234" ry="38" fill="${light}" opacity=".55"/>
    <path d="M178 610q222 60 444 0" fill="none" stroke="${accent}" stroke-width="6" opacity=".8"/>`,
  plate: ({ light, body, dark }) =>
    `${shadow(400, 250)}<circle cx="400" cy="550" r="250" fill="${dark}"/><circle cx="400" cy="540" r="250" fill="url(#g)"/>
    <circle cx="400" cy="540" r="170" fill="${body}"/><circle cx="400" cy="536" r="164" fill="${light}" opacity=".7"/>`,
  vase: ({ dark, accent, light }) =>
    `${shadow(400, 170)}<g fill="none" stroke="${dark}" stroke-width="7" stroke-linecap="round"><path d="M400 440q-10-130-90-230M400 440q6-160 70-260M402 440q40-90 130-140"/></g>
    <g fill="${accent}"><ellipse cx="306" cy="200" rx="34" ry="46" transform="rotate(-24 306 200)"/><ellipse cx="474" cy="172" rx="34" ry="48" transform="rotate(18 474 172)"/><ellipse cx="540" cy="296" rx="28" ry="40" transform="rotate(48 540 296)"/></g>
    <path d="M352 430h96l-6 70q130 70 118 190-10 116-98 116H338q-88 0-98-116-12-120 118-190z" fill="url(#g)"/><ellipse cx="400" cy="430" rx="48" ry="12" fill="${dark}"/>
    <path d="M282 640q4-70 60-112" fill="none" stroke="${light}" stroke-width="14" opacity=".5" stroke-linecap="round"/>`,
  candle: ({ dark, light, accent }) =>
    `${shadow(400, 180)}<path d="M400 330q44 62 0 104-44-42 0-104z" fill="#f4c56a"/><path d="M400 366q18 36 0 62-18-26 0-62z" fill="#fff1c9"/><path d="M400 430v46" stroke="#3d352c" stroke-width="6"/>
    <path d="M250 480h300v296q0 30-30 30H280q-30 0-30-30z" fill="url(#g)"/><ellipse cx="400" cy="480" rx="150" ry="30" fill="${light}"/><ellipse cx="400" cy="482" rx="124" ry="20" fill="${dark}" opacity=".4"/>
    <rect x="300" y="570" width="200" height="130" fill="${accent}"/><path d="M330 620h140M350 650h100" stroke="${dark}" stroke-width="8"/>`,
  bottle: ({ dark, accent, body }) =>
    `${shadow(400, 150)}<rect x="362" y="236" width="76" height="74" rx="10" fill="${dark}"/><path d="M368 306h64v84q96 46 96 130v250q0 36-36 36H308q-36 0-36-36V520q0-84 96-130z" fill="url(#g)"/>
    <rect x="272" y="560" width="256" height="150" fill="${accent}"/><path d="M316 616h168M346 650h108" stroke="${body}" stroke-width="9"/>`,
  jar: ({ dark, accent, body }) =>
    `${shadow(400, 190)}<rect x="252" y="352" width="296" height="78" rx="16" fill="${dark}"/><path d="M262 430h276q34 16 34 66v262q0 48-48 48H276q-48 0-48-48V496q0-50 34-66z" fill="url(#g)"/>
    <rect x="228" y="530" width="344" height="160" fill="${accent}"/><circle cx="400" cy="610" r="44" fill="none" stroke="${body}" stroke-width="9"/><path d="M372 622q28-52 56 0" fill="none" stroke="${body}" stroke-width="9"/>`,
  soap: ({ light, dark, accent }) =>
    `${shadow(400, 230)}<rect x="190" y="640" width="440" height="166" rx="52" fill="${dark}"/><rect x="180" y="620" width="440" height="160" rx="52" fill="url(#g)"/>
    <rect x="232" y="470" width="350" height="160" rx="48" fill="${accent}"/><rect x="270" y="506" width="274" height="88" rx="26" fill="none" stroke="${light}" stroke-width="8" opacity=".8"/>`,
  bag: ({ dark, light, accent }) =>
    `${shadow(400, 230)}<path d="M300 420q0-190 100-190t100 190" fill="none" stroke="${dark}" stroke-width="26"/><path d="M184 400h432l26 370q2 36-36 36H194q-38 0-36-36z" fill="url(#g)"/>
    <path d="M300 400v60M500 400v60" stroke="${dark}" stroke-width="26"/><circle cx="400" cy="610" r="70" fill="none" stroke="${accent}" stroke-width="10"/><path d="M352 610h96" stroke="${accent}" stroke-width="10"/><path d="M210 440l-16 320" stroke="${light}" stroke-width="10" opacity=".4"/>`,
  shirt: ({ dark, light }) =>
    `<path d="M300 250l-150 90 56 130 64-30v370h260V440l64 30 56-130-150-90q-40 60-100 60t-100-60z" fill="url(#g)"/><path d="M300 250q40 60 100 60t100-60l-22-14q-30 44-78 44t-78-44z" fill="${dark}"/><path d="M300 470v310M500 470v310" stroke="${light}" stroke-width="6" opacity=".35"/>`,
  socks: ({ dark, accent }) =>
    `${shadow(420, 220)}<path d="M250 280h130v270q0 50 60 90l90 60q30 60-40 90H360q-110-20-110-130z" fill="${dark}"/><path d="M330 260h140v280q0 50 60 92l86 58q40 66-40 96H450q-120-20-120-140z" fill="url(#g)"/><path d="M330 300h140M330 336h140" stroke="${accent}" stroke-width="14"/>`,
  book: ({ dark, accent, light }) =>
    `${shadow(400, 220)}<rect x="222" y="300" width="370" height="500" rx="12" fill="${light}"/><rect x="208" y="300" width="370" height="506" rx="14" fill="url(#g)"/><path d="M260 300v506" stroke="${dark}" stroke-width="14"/><rect x="330" y="400" width="190" height="120" fill="${accent}"/><path d="M360 446h130M360 476h90" stroke="${dark}" stroke-width="7"/>`,
  cloth: ({ dark, accent, light }) =>
    `${shadow(400, 260)}<rect x="150" y="690" width="500" height="116" rx="46" fill="${dark}"/><rect x="160" y="590" width="480" height="116" rx="46" fill="url(#g)"/><rect x="172" y="490" width="456" height="112" rx="46" fill="${accent}"/><path d="M220 490v112M260 490v112" stroke="${dark}" stroke-width="9" opacity=".6"/><path d="M200 640h400" stroke="${light}" stroke-width="6" opacity=".5"/>`,
  lamp: ({ dark, accent }) =>
    `${shadow(400, 150)}<path d="M400 480v300" stroke="${dark}" stroke-width="18"/><ellipse cx="400" cy="792" rx="116" ry="22" fill="${dark}"/><path d="M300 250h200l90 250H210z" fill="url(#g)"/><ellipse cx="400" cy="500" rx="190" ry="26" fill="${accent}"/>`,
  spoon: ({ dark, accent }) =>
    `${shadow(400, 200)}<g transform="rotate(14 400 560)"><path d="M330 800V470" stroke="${dark}" stroke-width="26" stroke-linecap="round"/><ellipse cx="330" cy="370" rx="58" ry="96" fill="url(#g)"/></g><g transform="rotate(14 470 560)" stroke="${accent}" stroke-width="18" stroke-linecap="round"><path d="M450 280v520M500 280v520"/></g>`,
  card: ({ dark, accent }) =>
    `<g transform="rotate(-7 400 540)"><rect x="150" y="400" width="500" height="310" rx="26" fill="${dark}" opacity=".5" transform="translate(12 18)"/><rect x="150" y="400" width="500" height="310" rx="26" fill="url(#g)"/><path d="M150 500h500" stroke="${accent}" stroke-width="22"/><path d="M300 400v310" stroke="${accent}" stroke-width="22"/><path d="M300 496q-90-80-20-100 40 0 20 100 30-110 80-92 50 30-80 92z" fill="none" stroke="${accent}" stroke-width="14"/></g>`,
  box: ({ dark, light, accent }) =>
    `${shadow(400, 230)}<rect x="190" y="440" width="420" height="366" rx="14" fill="url(#g)"/><rect x="172" y="380" width="456" height="96" rx="14" fill="${dark}"/><rect x="370" y="380" width="60" height="426" fill="${accent}"/><path d="M400 380q-120-110-50-140 50-10 50 140 0-150 50-140 70 30-50 140z" fill="none" stroke="${accent}" stroke-width="18"/><path d="M214 500v280" stroke="${light}" stroke-width="10" opacity=".4"/>`,
};

const KEYWORDS: readonly (readonly [string, RegExp])[] = [
  ["card", /gift[ -]?card|기프트|상품권/],
  ["cup", /mug|cup|tumbler|espresso|컵|머그|잔(?!디)/],
  ["vase", /vase|flower|planter|화병|꽃/],
  ["candle", /candle|incense|diffuser|초$|캔들|향/],
  ["soap", /soap|shampoo bar|비누/],
  ["bag", /tote|bag|pouch|backpack|가방|에코백|파우치|백$/],
  ["socks", /sock|slipper|양말/],
  ["shirt", /shirt|tee|sweater|hoodie|apron|jacket|셔츠|티셔츠|니트|앞치마/],
  ["book", /book|note|journal|planner|postcard|노트|책|엽서|다이어리/],
  ["cloth", /towel|blanket|linen|napkin|throw|scarf|수건|담요|타월|린넨|보자기|이불/],
  ["lamp", /lamp|lantern|light|조명|램프/],
  ["spoon", /spoon|chopstick|cutlery|fork|knife|수저|젓가락|숟가락/],
  ["plate", /plate|dish|tray|board|접시|쟁반|도마/],
  ["bowl", /bowl|pot|dripper|그릇|대접|볼$|주전자|다관/],
  ["bottle", /bottle|oil|lotion|serum|water|cream|병|오일|로션|크림|에센스|토너/],
  [
    "jar",
    /tea|coffee|honey|jam|granola|bean|salt|sauce|단지|항아리|청$|차$|녹차|홍차|커피|원두|꿀|잼|소금|장$/,
  ],
  ["box", /gift|set|box|bundle|세트|선물|상자/],
];

/** What a thing is made of decides its colour where the name says so: the index of a palette. */
const MATERIALS: readonly (readonly [number, RegExp])[] = [
  [1, /celadon|청자|olive|녹차|말차/],
  [0, /chalk|백자|white|beeswax|linen|리넨|소창/],
  [2, /walnut|cherry|oak|wood|원목|도마|옻칠/],
  [4, /onggi|옹기|ink|charcoal|iron|무쇠/],
  [6, /brass|유기|honey|yuzu|유자|꿀/],
];

function choosePalette(product: Product): Palette | undefined {
  const name = `${product.title} ${product.handle}`.toLowerCase();
  const material = MATERIALS.find(([, words]) => words.test(name));
  return PALETTES[material?.[0] ?? hash(product.handle) % PALETTES.length];
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}

/** Chooses what to draw by the words in the product's name, kind and handle. */
export function chooseMotif(
  product: Pick<Product, "handle" | "title" | "productType" | "isGiftCard">,
): string {
  if (product.isGiftCard) return "card";
  for (const text of [product.title, product.handle.replace(/-/g, " "), product.productType]) {
    const found = KEYWORDS.find(([, words]) => words.test(text.toLowerCase()));
    if (found) return found[0];
  }
  const names = ["bowl", "jar", "box", "vase", "cup"];
  return names[hash(product.handle) % names.length] ?? "box";
}

/** A drawing of the product, 800 by 1000, the same every time. */
export function drawProduct(product: Product): string {
  const palette = choosePalette(product);
  const motif = MOTIFS[chooseMotif(product)];
  if (!palette || !motif) return "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000" width="800" height="1000">
<defs><linearGradient id="g" x1="0" x2="1" y1="0" y2=".35"><stop offset="0" stop-color="${palette.light}"/><stop offset=".45" stop-color="${palette.body}"/><stop offset="1" stop-color="${palette.dark}"/></linearGradient>
<linearGradient id="w" x1="0" x2="1" y1="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".5"/><stop offset=".7" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>
<rect width="800" height="1000" fill="${palette.wall}"/><rect width="800" height="760" fill="url(#w)"/><rect y="740" width="800" height="260" fill="${palette.table}"/>
${motif(palette)}
</svg>`;
}

/** The shop's initial as its icon. */
export function drawFavicon(shop: Shop): string {
  const fill = shop.locale.startsWith("ko") ? "#2b4570" : "#2e5a46";
  const initial = [...shop.name][0] ?? "D";
  const letter = initial.replace(/[&<>"']/g, "D");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${fill}"/><text x="16" y="22" font-family="sans-serif" font-size="18" font-weight="600" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
}
