import { parse } from "bowser";
import { isbot } from "isbot";
import { BoundedMap } from "../../../core/model/bounded-map.ts";
import type { Edge } from "../../../core/model/edge.ts";

/** What a user agent tells. */
export type Device = Pick<Edge, "device" | "browser" | "os" | "bot">;

/** Longer ones are none that a browser sends. */
const LONGEST_USER_AGENT = 512;

/** A reading costs a few hundred regular expressions; the same few thousand user agents come over and over. */
const read = new BoundedMap<string, Device>(2_000);

/** Class of device, browser, system, and whether it says itself that it is a robot. */
export function deviceOf(userAgent: string): Device {
  const held = read.get(userAgent);
  if (held !== undefined) return held;
  const device = readDevice(userAgent.slice(0, LONGEST_USER_AGENT));
  if (userAgent.length <= LONGEST_USER_AGENT) read.put(userAgent, device);
  return device;
}

function readDevice(userAgent: string): Device {
  if (userAgent.trim() === "") return {};
  const { browser, os, platform } = parse(userAgent);
  const device = CLASSES.find((name) => name === platform.type);
  return {
    ...(device === undefined ? {} : { device }),
    ...(browser.name === undefined || browser.name === "" ? {} : { browser: browser.name }),
    ...(os.name === undefined || os.name === "" ? {} : { os: os.name }),
    ...(isbot(userAgent) ? { bot: true } : {}),
  };
}

const CLASSES = ["desktop", "mobile", "tablet", "tv"] as const;
