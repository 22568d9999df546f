/**
 * What the script's element says: `data-key` (the write key), `data-host` (Tideline's address, else the place that the
 * script came from), `data-consent="required"`. Read while the script runs: later there is no current script.
 */
const element = document.currentScript;
const [said, source] = element instanceof HTMLScriptElement ? [element.dataset, element.src] : [{}, ""];

export const writeKey = said["key"];
export const host = said["host"] ?? source.split("/tag")[0];
export const isConsentRequired = said["consent"] === "required";
