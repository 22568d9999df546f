import { el, type Child } from "./dom.ts";
import { picture } from "./pictures.ts";
import { CATEGORIES, euros, findProduct, PRODUCTS, searched, type Product } from "./products.ts";
import { addToCart, put, shelf } from "./shelf.ts";
import { facts, tag } from "./tracking.ts";

/** The pages of the shop. Each gives its title and its content; `go` leads to another. */
export interface View {
  readonly title: string;
  readonly content: readonly Child[];
}
export type Go = (path: string) => void;

export function viewOf(url: URL, go: Go): View {
  const [, , place = "", id = ""] = url.pathname.split("/");
  const product = place === "p" ? findProduct(id) : undefined;
  if (product) return productView(product, go);
  switch (place) {
    case "cart":
      return cartView(go);
    case "checkout":
      return checkoutView(go);
    case "thanks":
      return thanksView();
    case "account":
      return accountView(go);
    case "search":
      return searchView(url.searchParams.get("q") ?? "");
    case "c":
      return shelfView(
        id[0]?.toUpperCase() + id.slice(1),
        PRODUCTS.filter(({ category }) => category === id),
      );
    default:
      return shelfView("Good things, few of them", PRODUCTS);
  }
}

function shelfView(title: string, products: readonly Product[]): View {
  const chips = ["", ...CATEGORIES].map((category) =>
    el("a", { class: "chip", href: category === "" ? "/demo" : `/demo/c/${category}` }, category === "" ? "All" : category),
  );
  return {
    title,
    content: [el("h1", {}, title), el("nav", { class: "row", "aria-label": "Categories" }, chips), grid(products)],
  };
}

function grid(products: readonly Product[]): HTMLElement {
  return el(
    "ul",
    { class: "grid" },
    products.map((product) =>
      el(
        "li",
        {},
        el(
          "a",
          { class: "card", href: `/demo/p/${product.id}` },
          picture(product),
          el("span", { class: "name" }, product.name),
          el("span", { class: "price" }, euros(product.price)),
        ),
      ),
    ),
  );
}

function searchView(words: string): View {
  const found = searched(words);
  tag("track", "Products Searched", { query: words, results: found.length });
  const title = found.length === 0 ? `Nothing for “${words}”` : `${found.length} for “${words}”`;
  return { title, content: [el("h1", {}, title), grid(found.length === 0 ? PRODUCTS.slice(0, 3) : found)] };
}

function productView(product: Product, go: Go): View {
  tag("track", "Product Viewed", facts(product));
  const add = (): void => {
    addToCart(product.id, 1);
    tag("track", "Product Added", facts(product, 1));
    go("/demo/cart");
  };
  return {
    title: product.name,
    content: [
      el(
        "article",
        { class: "product" },
        picture(product),
        el(
          "div",
          {},
          el("p", { class: "soft" }, el("a", { href: `/demo/c/${product.category}` }, product.category)),
          el("h1", {}, product.name),
          el("p", { class: "price" }, euros(product.price)),
          el("p", {}, product.text),
          el("button", { class: "primary", click: add }, "Add to cart"),
        ),
      ),
    ],
  };
}

/** What lies in the cart, with how many. */
function lines(): readonly { readonly product: Product; readonly quantity: number }[] {
  return Object.entries(shelf().cart).flatMap(([id, quantity]) => {
    const product = findProduct(id);
    return product ? [{ product, quantity }] : [];
  });
}

function total(): number {
  return lines().reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);
}

function cartView(go: Go): View {
  const title = "Your cart";
  if (lines().length === 0)
    return {
      title,
      content: [el("h1", {}, title), el("p", {}, "Nothing yet. ", el("a", { href: "/demo" }, "Have a look around."))],
    };
  const rows = lines().map(({ product, quantity }) => {
    const change = (count: number) => () => {
      addToCart(product.id, count);
      tag("track", count > 0 ? "Product Added" : "Product Removed", facts(product, 1));
      go("/demo/cart");
    };
    return el(
      "li",
      { class: "line" },
      picture(product),
      el("a", { href: `/demo/p/${product.id}` }, product.name),
      el(
        "span",
        { class: "row" },
        el("button", { class: "small", "aria-label": `One ${product.name} less`, click: change(-1) }, "−"),
        el("span", {}, String(quantity)),
        el("button", { class: "small", "aria-label": `One ${product.name} more`, click: change(1) }, "+"),
      ),
      el("span", { class: "price" }, euros(product.price * quantity)),
    );
  });
  return {
    title,
    content: [
      el("h1", {}, title),
      el("ul", { class: "lines" }, rows),
      el("p", { class: "sum" }, "Total ", el("strong", {}, euros(total()))),
      el("button", { class: "primary", click: () => go("/demo/checkout") }, "Check out"),
    ],
  };
}

function checkoutView(go: Go): View {
  const title = "Check out";
  tag("track", "Checkout Started", { value: total(), currency: "EUR" });
  const buy = (event: Event): void => {
    event.preventDefault();
    const products = lines().map(({ product, quantity }) => facts(product, quantity));
    const order = { order_id: crypto.randomUUID(), total: total(), revenue: total(), currency: "EUR", products };
    tag("track", "Order Completed", order);
    put({ cart: {} });
    go("/demo/thanks");
  };
  return {
    title,
    content: [
      el("h1", {}, title),
      el("p", { class: "soft" }, "Nothing is charged and nothing you write here is sent: it is a demo."),
      el(
        "form",
        { class: "form", submit: buy },
        field("Name", "name", "text", "name"),
        field("Address", "address", "text", "street-address"),
        el("p", { class: "sum" }, "Total ", el("strong", {}, euros(total()))),
        el("button", { class: "primary" }, "Buy now"),
      ),
    ],
  };
}

function thanksView(): View {
  const title = "Thank you";
  return {
    title,
    content: [el("h1", {}, title), el("p", {}, "It is on its way, as far as a demo goes. "), grid(PRODUCTS.slice(6, 9))],
  };
}

function accountView(go: Go): View {
  const { user } = shelf();
  const title = user === null ? "Sign in" : "Your account";
  const signOut = (): void => {
    put({ user: null, cart: {} });
    tag("reset");
    go("/demo/account");
  };
  if (user !== null)
    return {
      title,
      content: [el("h1", {}, title), el("p", {}, `Signed in as ${user}.`), el("button", { click: signOut }, "Sign out")],
    };
  const signIn = (event: Event): void => {
    event.preventDefault();
    const email = valueOf(event, "email");
    put({ user: email });
    tag("identify", email, { email });
    go("/demo/account");
  };
  return {
    title,
    content: [
      el("h1", {}, title),
      el("p", { class: "soft" }, "Any address will do; there is no password."),
      el(
        "form",
        { class: "form", submit: signIn },
        field("E-mail", "email", "email", "email"),
        el("button", { class: "primary" }, "Sign in"),
      ),
    ],
  };
}

function field(label: string, name: string, type: string, autocomplete: string): HTMLElement {
  return el("label", { class: "field" }, el("span", {}, label), el("input", { name, type, autocomplete, required: true }));
}

/** What stands in a field of the form that an event is of. */
export function valueOf(event: Event, name: string): string {
  const value = event.target instanceof HTMLFormElement ? new FormData(event.target).get(name) : null;
  return typeof value === "string" ? value.trim() : "";
}
