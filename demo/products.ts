/** What the shop sells. Prices in euros. */
export const CATEGORIES = ["shoes", "bags", "home"] as const;
export type Category = (typeof CATEGORIES)[number];
export type Shape = "runner" | "boot" | "loafer" | "sandal" | "backpack" | "tote" | "lamp" | "mug" | "vase" | "chair";

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: Category;
  readonly price: number;
  readonly shape: Shape;
  /** Hue of its picture, degrees. */
  readonly hue: number;
  readonly text: string;
}

export const PRODUCTS: readonly Product[] = [
  product("trail-runner", "Trail runner", "shoes", 119, "runner", 205, "Light and sure on wet stone."),
  product("city-runner", "City runner", "shoes", 95, "runner", 12, "For pavements, stairs and the last train."),
  product("winter-boot", "Winter boot", "shoes", 169, "boot", 28, "Lined with wool, resoled for life."),
  product("rain-boot", "Rain boot", "shoes", 59, "boot", 152, "One piece of rubber, no seam to leak."),
  product("loafer", "Soft loafer", "shoes", 129, "loafer", 340, "Unlined calf leather that takes your shape."),
  product("sandal", "Summer sandal", "shoes", 79, "sandal", 45, "Two straps and a cork bed."),
  product("day-pack", "Day pack", "bags", 89, "backpack", 190, "Eighteen litres, and a place for a laptop."),
  product("market-tote", "Market tote", "bags", 39, "tote", 32, "Heavy cotton with long handles."),
  product("desk-lamp", "Desk lamp", "home", 74, "lamp", 50, "Warm light, a long arm, no hum."),
  product("stone-mug", "Stoneware mug", "home", 18, "mug", 215, "Turned by hand, safe in the dishwasher."),
  product("tall-vase", "Tall vase", "home", 46, "vase", 280, "For three branches or one sunflower."),
  product("oak-chair", "Oak chair", "home", 210, "chair", 24, "Joined without a screw."),
];

function product(id: string, name: string, category: Category, price: number, shape: Shape, hue: number, text: string): Product {
  return { id, name, category, price, shape, hue, text };
}

export function findProduct(id: string): Product | undefined {
  return PRODUCTS.find((one) => one.id === id);
}

export function searched(words: string): readonly Product[] {
  const asked = words.toLowerCase().split(/\s+/);
  return PRODUCTS.filter(({ name, category, text }) =>
    asked.every((word) => `${name} ${category} ${text}`.toLowerCase().includes(word)),
  );
}

export function euros(amount: number): string {
  return new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(amount);
}
