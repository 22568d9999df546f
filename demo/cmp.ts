import { tcString } from "./tc-string.ts";

/** A minimal consent management platform: `__tcfapi` of TCF v2.2, as far as tags ask it. */

interface TcData {
  readonly tcfPolicyVersion: 4;
  readonly gdprApplies: true;
  readonly cmpStatus: "loaded";
  readonly eventStatus: "tcloaded" | "cmpuishown" | "useractioncomplete";
  readonly tcString: string | undefined;
  readonly listenerId?: number;
  readonly purpose: { readonly consents: Readonly<Record<number, boolean>> };
}
type Callback = (data: TcData | boolean | object, success: boolean) => void;

const listeners = new Map<number, Callback>();
let nextListener = 1;
let current = dataOf(undefined, "cmpuishown");

function dataOf(consents: readonly number[] | undefined, eventStatus: TcData["eventStatus"]): TcData {
  return {
    tcfPolicyVersion: 4,
    gdprApplies: true,
    cmpStatus: "loaded",
    eventStatus,
    tcString: consents && tcString(consents),
    purpose: { consents: Object.fromEntries((consents ?? []).map((id) => [id, true])) },
  };
}

function tell(data: TcData): void {
  current = data;
  for (const [listenerId, callback] of listeners) callback({ ...data, listenerId }, true);
}

/** @param consents what was chosen on an earlier visit; undefined: the banner is shown */
export function startCmp(consents: readonly number[] | undefined): void {
  if (consents) current = dataOf(consents, "tcloaded");
  Object.assign(window, {
    __tcfapi: (command: string, _version: number, callback: Callback, parameter?: number): void => {
      switch (command) {
        case "ping":
          callback(
            { gdprApplies: true, cmpLoaded: true, cmpStatus: "loaded", displayStatus: "visible", apiVersion: "2.2" },
            true,
          );
          break;
        case "addEventListener": {
          const listenerId = nextListener++;
          listeners.set(listenerId, callback);
          callback({ ...current, listenerId }, true);
          break;
        }
        case "removeEventListener":
          callback(parameter !== undefined && listeners.delete(parameter), true);
          break;
        default:
          callback({}, false);
      }
    },
  });
}

/** The banner is open, again. */
export function askAgain(): void {
  tell({ ...current, eventStatus: "cmpuishown" });
}

export function choose(consents: readonly number[]): void {
  tell(dataOf(consents, "useractioncomplete"));
}
