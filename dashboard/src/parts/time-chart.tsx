import { Group, SegmentedControl, Stack, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState, type ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useNumbers } from "../i18n/numbers.ts";
import { useLanguage } from "../i18n/words.ts";
import { DataTable } from "./data-table.tsx";
import { usePartWords } from "./words.ts";

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** `bars` for what happened in a span, `line` for what is. */
  readonly as?: "line" | "bars";
}

/** Numbers over time as a chart, and the same as a table. */
export function TimeChart({
  label,
  times,
  series,
  marks = [],
  zone,
}: {
  readonly label: string;
  /** Begin of each span, ISO 8601. */
  readonly times: readonly string[];
  readonly series: readonly Series[];
  /** Moments to be seen, as of a publish. */
  readonly marks?: readonly { readonly at: string; readonly text: string }[];
  readonly zone?: string;
}): ReactNode {
  const say = usePartWords();
  const numbers = useNumbers(zone);
  const [as, setAs] = useState("chart");
  return (
    <Stack gap="xs">
      <Group justify="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={label}
          value={as}
          onChange={setAs}
          data={[
            { value: "chart", label: say("chart") },
            { value: "table", label: say("table") },
          ]}
        />
      </Group>
      {as === "chart" ? (
        <Chart label={label} times={times} series={series} marks={marks} zone={zone} />
      ) : (
        <DataTable
          label={label}
          head={[say("time"), ...series.map(({ name }) => name)]}
          numeric={series.map((_, place) => place + 1)}
          rows={times.map((time, place) => ({
            key: time,
            cells: [numbers.time(time), ...series.map(({ values }) => numbers.count(values[place] ?? 0))],
          }))}
        />
      )}
    </Stack>
  );
}

const HEIGHT = 240;

function Chart({
  label,
  times,
  series,
  marks,
  zone,
}: {
  readonly label: string;
  readonly times: readonly string[];
  readonly series: readonly Series[];
  readonly marks: readonly { readonly at: string; readonly text: string }[];
  readonly zone: string | undefined;
}): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme("light");
  const language = useLanguage();
  const data = JSON.stringify([times, series, marks]);
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--mantine-color-text");
    const faint = style.getPropertyValue("--mantine-color-default-border");
    const hues = ["--mantine-color-anchor", "--mantine-color-orange-6", "--mantine-color-grape-5"].map((name) =>
      style.getPropertyValue(name),
    );
    const seconds = times.map((time) => Date.parse(time) / 1_000);
    const short = new Intl.NumberFormat(language, { notation: "compact" });
    const axis = { stroke: ink, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint, width: 1 } };
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        ...(zone === undefined ? {} : { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1_000), zone) }),
        legend: { show: series.length > 1 },
        scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * 1.08)] } },
        axes: [axis, { ...axis, values: (_, ticks) => ticks.map((tick) => short.format(tick)), size: 56 }],
        series: [
          {},
          ...series.map(({ name, as }, at) => ({
            label: name,
            stroke: hues[at % hues.length] ?? ink,
            width: 2,
            points: { show: times.length < 3 },
            ...(as === "bars" && uPlot.paths.bars !== undefined
              ? { paths: uPlot.paths.bars({ size: [0.7, 40] }), fill: hues[at % hues.length] ?? ink }
              : {}),
          })),
        ],
        hooks: {
          draw: [
            (drawn) => {
              const { ctx, bbox } = drawn;
              ctx.save();
              ctx.strokeStyle = ink;
              ctx.setLineDash([4, 4]);
              for (const { at } of marks) {
                const x = drawn.valToPos(Date.parse(at) / 1_000, "x", true);
                if (x < bbox.left || x > bbox.left + bbox.width) continue;
                ctx.beginPath();
                ctx.moveTo(x, bbox.top);
                ctx.lineTo(x, bbox.top + bbox.height);
                ctx.stroke();
              }
              ctx.restore();
            },
          ],
        },
      },
      [seconds, ...series.map(({ values }) => [...values])],
      place.current,
    );
    return () => chart.destroy();
    // `data` stands for what it holds: as objects they are new at every look.
  }, [data, width, scheme, language, zone]);
  return (
    <div ref={ref}>
      <div ref={place} role="img" aria-label={label} style={{ height: HEIGHT + (series.length > 1 ? 32 : 0) }} />
    </div>
  );
}
