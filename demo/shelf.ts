/** What the shop itself remembers in this browser: the cart, who is signed in, and what was chosen of consent. */
interface Remembered {
  cart: Record<string, number>;
  user: string | null;
  consents: number[] | null;
}
const EMPTY: Remembered = { cart: {}, user: null, consents: null };

let memory: Remembered = { ...EMPTY, ...read() };

export function shelf(): Readonly<Remembered> {
  return memory;
}

export function put(change: Partial<Remembered>): void {
  memory = { ...memory, ...change };
  try {
    localStorage.setItem("demo-shop", JSON.stringify(memory));
  } catch {
    // Blocked storage: it lasts as long as the page.
  }
}

/** Adds so many of a product; less takes away. */
export function addToCart(id: string, count: number): void {
  const cart = { ...memory.cart };
  const left = (cart[id] ?? 0) + count;
  if (left > 0) cart[id] = left;
  else delete cart[id];
  put({ cart });
}

function read(): Partial<Remembered> {
  try {
    return JSON.parse(localStorage.getItem("demo-shop") ?? "{}") as Partial<Remembered>;
  } catch {
    return {};
  }
}
