import { describe, expect, it } from "vitest";
import type { LiveItem, LiveWatch } from "../../core/model/live.ts";
import { Watchers, type Sink } from "./watchers.ts";

const item = (name: string, more: Partial<LiveItem> = {}): LiveItem => ({
  outcome: "accepted",
  at: "2026-03-01T12:00:00.000Z",
  source: "web",
  name,
  messageId: name,
  profileId: null,
  event: {},
  ...more,
});

/** One who watches, and what they have heard. @param room how many texts there is room for */
function reader(room = Infinity): Sink & { readonly heard: string[]; isClosed: boolean; room: number } {
  const heard: string[] = [];
  return {
    heard,
    isClosed: false,
    room,
    write(text) {
      if (this.room <= 0) return false;
      this.room--;
      heard.push(text);
      return true;
    },
    close() {
      this.isClosed = true;
    },
  };
}

const names = ({ heard }: { readonly heard: readonly string[] }): readonly string[] =>
  heard.flatMap((text) => {
    const data = /^id: .*\ndata: (.*)\n\n$/.exec(text)?.[1];
    return data === undefined ? [] : [(JSON.parse(data) as LiveItem).name ?? ""];
  });

const HOUR = 3_600_000;
const all: LiveWatch = { until: HOUR };
const news = (...items: readonly LiveItem[]) => ({ items, dropped: 0 });

describe("those who watch a workspace", () => {
  it("all see what is told, each under an id of its own", () => {
    const watchers = new Watchers("life");
    const [one, other] = [reader(), reader()];
    watchers.join(all, one, 0);
    watchers.join(all, other, 0);
    expect(watchers.tell(news(item("a"), item("b")), 1)).toBe(true);
    expect([names(one), names(other)]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(new Set(one.heard.flatMap((text) => /^id: .*/.exec(text) ?? []))).toEqual(new Set(["id: life-1", "id: life-2"]));
  });

  it("see the source and the name that they ask for, and nothing else", () => {
    const watchers = new Watchers("life");
    const [bySource, byName] = [reader(), reader()];
    watchers.join({ ...all, source: "app" }, bySource, 0);
    watchers.join({ ...all, event: "b" }, byName, 0);
    watchers.tell(news(item("a"), item("b"), item("c", { source: "app" }), item("b", { source: null })), 1);
    expect([names(bySource), names(byName)]).toEqual([["c"], ["b", "b"]]);
  });

  it("are told how many they were not shown, those that nobody looked at included", () => {
    const watchers = new Watchers("life");
    const slow = reader(2);
    watchers.join(all, slow, 0);
    watchers.tell({ items: [item("a"), item("b"), item("c")], dropped: 7 }, 1);
    expect(names(slow)).toEqual(["a"]);
    watchers.beat(2);
    expect(slow.heard).toHaveLength(2);
    slow.room = 1;
    watchers.beat(3);
    expect(slow.heard.at(-1)).toBe('event: dropped\ndata: {"count":9}\n\n');
    slow.room = 1;
    watchers.beat(4);
    expect(slow.heard.at(-1)).toBe(": still here\n\n");
  });

  it("find what came last before them, 200 at most", () => {
    const watchers = new Watchers("life");
    watchers.join(all, reader(), 0);
    watchers.tell(news(...Array.from({ length: 250 }, (_, n) => item(`${n}`))), 1);
    const late = reader();
    watchers.join({ ...all, source: "web" }, late, 2);
    expect([names(late).length, names(late)[0], names(late).at(-1)]).toEqual([200, "50", "249"]);
  });

  it("are let go when their time is over", () => {
    const watchers = new Watchers("life");
    const one = reader();
    watchers.join({ until: 10 }, one, 0);
    watchers.beat(9);
    expect([one.isClosed, watchers.isEmpty]).toEqual([false, false]);
    watchers.beat(10);
    expect([one.isClosed, watchers.isEmpty]).toEqual([true, true]);
  });

  it("get what is held and no more where their time is over when they come", () => {
    const watchers = new Watchers("life");
    watchers.join(all, reader(), 0);
    watchers.tell(news(item("a")), 1);
    const one = reader();
    watchers.join({ until: 2 }, one, 2);
    expect([names(one), one.isClosed]).toEqual([["a"], true]);
    watchers.tell(news(item("b")), 3);
    expect(names(one)).toEqual(["a"]);
  });

  it("miss nothing where they come back in 10 s, and leave nothing behind where they do not", () => {
    const watchers = new Watchers("life");
    const leave = watchers.join(all, reader(), 0);
    watchers.tell(news(item("a")), 1);
    leave(1_000);
    expect(watchers.tell(news(item("b")), 11_000)).toBe(true);
    const back = reader();
    const leaveAgain = watchers.join(all, back, 11_000);
    expect(names(back)).toEqual(["a", "b"]);
    leaveAgain(20_000);
    expect(watchers.tell(news(item("c")), 30_001)).toBe(false);
    const later = reader();
    watchers.join(all, later, 30_002);
    expect(names(later)).toEqual([]);
  });

  it("are nobody at first, and then nothing is held for them", () => {
    const watchers = new Watchers("life");
    expect(watchers.tell(news(item("a")), 1)).toBe(false);
    const one = reader();
    watchers.join(all, one, 2);
    expect(names(one)).toEqual([]);
  });
});
