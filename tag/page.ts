/** Which page an event is of, as Segment's clients say it in `context`. */
export interface PageContext {
  readonly page: {
    readonly path: string;
    /** The page before; within an app of one page its own last one. */
    readonly referrer: string;
    readonly search: string;
    /** Read again when events leave: an app goes to a page first and names it then. */
    title: string;
    readonly url: string;
  };
  readonly campaign: Record<string, string>;
}

export let context: PageContext = readPage(document.referrer);

/** The document's address without its fragment: another one is another page. */
export function address(): string {
  return location.href.split("#")[0]!;
}

export function turnPage(): void {
  context = readPage(context.page.url);
}

function readPage(referrer: string): PageContext {
  const { pathname: path, search } = location;
  const campaign: Record<string, string> = {};
  new URLSearchParams(search).forEach((value, name) => {
    if (name.startsWith("utm_")) campaign[name.slice(4).replace("campaign", "name")] = value;
  });
  return { page: { path, referrer, search, title: document.title, url: address() }, campaign };
}
