import { svg } from "./dom.ts";
import type { Product, Shape } from "./products.ts";

/** Draws a product: two tones of its hue on a tint of it, so that a dozen pictures look like one shop. */
export function picture({ shape, hue, name }: Product): SVGElement {
  const tones = { main: `hsl(${hue} 52% 52%)`, dark: `hsl(${hue} 46% 34%)`, light: `hsl(${hue} 70% 84%)` };
  return svg(
    "svg",
    { viewBox: "0 0 200 160", role: "img", "aria-label": name, class: "picture" },
    svg("rect", { width: 200, height: 160, fill: `hsl(${hue} 55% 93%)` }),
    svg("ellipse", { cx: 100, cy: 134, rx: 72, ry: 7, fill: `hsl(${hue} 35% 80%)` }),
    ...SHAPES[shape](tones),
  );
}

interface Tones {
  readonly main: string;
  readonly dark: string;
  readonly light: string;
}

const path = (d: string, fill: string): SVGElement => svg("path", { d, fill });
const line = (d: string, stroke: string, width = 4): SVGElement =>
  svg("path", { d, stroke, "stroke-width": width, fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" });

const SHAPES: Readonly<Record<Shape, (tones: Tones) => readonly SVGElement[]>> = {
  runner: ({ main, dark, light }) => [
    path("M38 70c12 8 26 6 34-6l12-8c14 24 36 34 62 38 18 3 24 12 22 24H36c-4-16-4-34 2-48z", main),
    path("M34 116h134c2 10-2 16-12 16H46c-8 0-12-6-12-16z", dark),
    line("M84 68l14-8M96 80l14-9M110 90l13-9", light),
    line("M44 96c26 6 52 6 78 4", light),
  ],
  boot: ({ main, dark, light }) => [
    path("M58 26h48v58c22 4 46 8 52 34H58z", main),
    path("M54 116h106v16H54z", dark),
    path("M54 22h56v14H54z", light),
    line("M92 56h14M92 70h14M94 84h14", light),
  ],
  loafer: ({ main, dark, light }) => [
    path("M34 84c30-12 40-4 56 6 26 16 66 8 76 30H34z", main),
    path("M30 118h138v12H30z", dark),
    path("M84 82c12-6 26-4 36 6l-12 18c-12-6-22-10-28-8z", light),
  ],
  sandal: ({ main, dark, light }) => [
    path("M28 116h146v14c-50 6-100 6-146 0z", dark),
    path("M52 116c4-30 28-42 44-34l-14 34z", main),
    path("M106 116c2-22 26-30 48-6v6z", main),
    line("M60 112c4-14 12-22 24-24", light, 3),
  ],
  backpack: ({ main, dark, light }) => [
    line("M82 36c0-20 36-20 36 0", dark, 6),
    path("M60 60c0-34 80-34 80 0v72H60z", main),
    path("M70 92h60v34H70z", dark),
    line("M70 104h60", light, 3),
    line("M76 62h48", light),
  ],
  tote: ({ main, dark, light }) => [
    line("M78 70c0-52 44-52 44 0", dark, 6),
    path("M52 66h96l-8 66H60z", main),
    path("M86 92h28v18H86z", light),
  ],
  lamp: ({ main, dark, light }) => [
    line("M72 128l20-58 40-30", dark, 5),
    path("M118 24l34 26-30 22z", main),
    path("M150 54l16 40-36-24z", light),
    path("M48 124h50v8H48z", dark),
  ],
  mug: ({ main, dark, light }) => [
    line("M132 66c30-2 30 42-2 40", dark, 9),
    path("M62 48h72v72c0 8-6 12-12 12H74c-6 0-12-4-12-12z", main),
    path("M62 48h72v14H62z", dark),
    line("M76 76v34", light, 5),
  ],
  vase: ({ main, dark, light }) => [
    line("M100 54c-4-16-18-24-26-28M100 54c2-20 12-28 24-34M100 54v-34", dark, 3),
    path("M88 50h24c-4 18 24 30 20 58-2 14-8 24-14 24H82c-6 0-12-10-14-24-4-28 24-40 20-58z", main),
    line("M80 96c-2 8 0 18 4 24", light, 4),
  ],
  chair: ({ main, dark, light }) => [
    line("M66 26v104M134 26v104M78 90v40M122 90v40", dark, 6),
    path("M64 28h72v16H64zM64 52h72v10H64z", main),
    path("M58 80h84v14H58z", main),
    line("M66 84h68", light, 3),
  ],
};
