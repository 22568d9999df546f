import type { ReactNode } from "react";

/** A small line beside a number: how it came to it. @param label what it says in words */
export function SparkLine({
  values,
  label,
  width = 96,
  height = 28,
}: {
  readonly values: readonly number[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}): ReactNode {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (place: number): number => (place / (values.length - 1)) * (width - 4) + 2;
  const y = (value: number): number => (high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6));
  const points = values.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <polyline points={points.join(" ")} fill="none" stroke="var(--mantine-color-anchor)" strokeWidth={1.5} />
    </svg>
  );
}
