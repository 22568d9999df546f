import type { Product } from "./products.ts";

/**
 * All that this shop knows of Tideline: the tag's one function. Where the tag is not there yet its calls wait in `q`, as
 * docs/guides/tag.md says; where it never comes the shop is the same.
 */
interface Tag {
  (name: string, ...more: readonly unknown[]): void;
  q?: unknown[][];
}

declare global {
  interface Window {
    tl?: Tag;
  }
}

const listeners: (() => void)[] = [];

/** Hears that something was sent, or soon will be. */
export function onTracked(listener: () => void): void {
  listeners.push(listener);
}

export function tag(...call: Parameters<Tag>): void {
  if (window.tl === undefined) {
    const waiting: Tag = (...early) => void (waiting.q ??= []).push(early);
    waiting.q = [];
    window.tl = waiting;
  }
  window.tl(...call);
  for (const listener of listeners) listener();
}

/** A product as Segment's e-commerce events say it. */
export function facts({ id, name, category, price }: Product, quantity?: number): Record<string, unknown> {
  return { product_id: id, name, category, price, currency: "EUR", ...(quantity === undefined ? {} : { quantity }) };
}
