import type { JsonObject } from "../../../core/model/json.ts";

/** A rule to begin with, in the names of events that shops send (docs/guides). */
export interface Template {
  readonly key: string;
  readonly name: Readonly<Record<"en" | "fr", string>>;
  readonly description: Readonly<Record<"en" | "fr", string>>;
  readonly rule: JsonObject;
}

const bought = (within: string): JsonObject => ({ event: "Order Completed", within });

export const TEMPLATES: readonly Template[] = [
  {
    key: "cart-abandoners",
    name: { en: "Cart abandoners", fr: "Paniers abandonnés" },
    description: {
      en: "Put something in the cart in the last 3 days and bought nothing since.",
      fr: "Ont mis un article au panier ces 3 derniers jours, sans acheter depuis.",
    },
    rule: { all: [{ event: "Product Added", within: "3d" }, { none: [bought("3d")] }] },
  },
  {
    key: "lapsed-customers",
    name: { en: "Lapsed customers", fr: "Clients inactifs" },
    description: {
      en: "Bought in the last year, but not in the last 90 days.",
      fr: "Ont acheté dans l’année, mais pas ces 90 derniers jours.",
    },
    rule: { all: [{ event: "Order Completed", within: { from: "365d", to: "90d" } }, { none: [bought("90d")] }] },
  },
  {
    key: "high-value",
    name: { en: "High value", fr: "Forte valeur" },
    description: {
      en: "Spent 500 or more in the last year. The currency is that of your orders.",
      fr: "Ont dépensé 500 ou plus dans l’année, dans la devise de vos commandes.",
    },
    rule: { event: "Order Completed", within: "365d", sum: { of: "value", gte: 500 } },
  },
  {
    key: "newly-engaged",
    name: { en: "Newly engaged", fr: "Nouvel intérêt" },
    description: {
      en: "Looked at three products or more this week, and at none in the month before.",
      fr: "Ont vu au moins trois produits cette semaine, et aucun le mois d’avant.",
    },
    rule: {
      all: [
        { event: "Product Viewed", within: "7d", count: { gte: 3 } },
        { none: [{ event: "Product Viewed", within: { from: "37d", to: "7d" } }] },
      ],
    },
  },
  {
    key: "repeat-buyers",
    name: { en: "Repeat buyers", fr: "Acheteurs réguliers" },
    description: {
      en: "Bought on two different days or more in the last 90 days.",
      fr: "Ont acheté au moins deux jours différents ces 90 derniers jours.",
    },
    rule: { event: "Order Completed", within: "90d", days: { gte: 2 } },
  },
  {
    key: "browsed-without-buying",
    name: { en: "Browsed without buying", fr: "Visites sans achat" },
    description: {
      en: "Looked at products of five kinds or more in two weeks and bought nothing in them.",
      fr: "Ont vu au moins cinq produits différents en deux semaines, sans rien acheter.",
    },
    rule: {
      all: [{ event: "Product Viewed", within: "14d", distinct: { of: "product_id", gte: 5 } }, { none: [bought("14d")] }],
    },
  },
  {
    key: "newsletter-no-purchase",
    name: { en: "Newsletter clickers who did not buy", fr: "Clics sur la newsletter sans achat" },
    description: {
      en: "Clicked in a newsletter in the last 30 days and bought nothing within 7 days of any click.",
      fr: "Ont cliqué dans une newsletter ces 30 derniers jours, sans acheter dans les 7 jours suivant un clic.",
    },
    rule: {
      all: [
        { event: "Newsletter Clicked", within: "30d" },
        { not: { sequence: [{ event: "Newsletter Clicked" }, { event: "Order Completed", within: "7d" }], within: "30d" } },
      ],
    },
  },
  {
    key: "store-buyers-online",
    name: { en: "Store buyers who browse online", fr: "Acheteurs en magasin, visiteurs en ligne" },
    description: {
      en: "Bought in a store in the last 90 days and looked at products on the web or in the app in the last 30.",
      fr: "Ont acheté en magasin ces 90 derniers jours et vu des produits en ligne ces 30 derniers jours.",
    },
    rule: {
      all: [
        { event: "Order Completed", where: { channel: "store" }, within: "90d" },
        { event: "Product Viewed", where: { any: [{ channel: "web" }, { channel: "app" }] }, within: "30d" },
      ],
    },
  },
  {
    key: "checkout-dropped",
    name: { en: "Left at the checkout", fr: "Abandon à la caisse" },
    description: {
      en: "Began to check out in their current visit and have not ordered in it.",
      fr: "Ont commencé à payer pendant leur visite en cours, sans commander.",
    },
    rule: {
      all: [
        { event: "Checkout Started", within: { session: true } },
        { none: [{ event: "Order Completed", within: { session: true } }] },
      ],
    },
  },
  {
    key: "attentive-subscribers",
    name: { en: "Attentive subscribers", fr: "Abonnés attentifs" },
    description: {
      en: "Signed up for the newsletter and gave the site two minutes of attention this week.",
      fr: "Inscrits à la newsletter, deux minutes d’attention sur le site cette semaine.",
    },
    rule: {
      all: [
        { trait: "newsletter", eq: true },
        { event: "Page Engaged", within: "7d", sum: { of: "engagedMs", gte: 120_000 } },
      ],
    },
  },
];
