/** A tier's own colour and a shape that differs by tier, so that colour never stands alone. */
export type SealShape = "circle" | "hexagon" | "diamond" | "star" | "shield";

const PATHS: Record<SealShape, string> = {
  circle: "M10 1a9 9 0 1 1 0 18a9 9 0 0 1 0-18z",
  hexagon: "M10 1l7.8 4.5v9L10 19l-7.8-4.5v-9z",
  diamond: "M10 .8L19.2 10L10 19.2L.8 10z",
  star: "M10 1l2.6 5.9l6.4.6l-4.8 4.3l1.4 6.3L10 14.8l-5.6 3.3l1.4-6.3L1 7.5l6.4-.6z",
  shield: "M10 1l8 2.6v6.2c0 4.4-3.2 7.7-8 9.2c-4.8-1.5-8-4.8-8-9.2V3.6z",
};

export function TierSeal({ shape, color, size = 20 }: { shape: SealShape; color: string; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
      style={{ flex: "none" }}
    >
      <path d={PATHS[shape]} fill={/^#[0-9a-f]{6}$/i.test(color) ? color : "#8a8a8a"} />
    </svg>
  );
}
