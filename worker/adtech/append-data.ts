import { isArrayAt, isEmptyArray, isNullAt, isObjectAt, memberOf, placeOfAll, type Place } from "./json-places.ts";

/**
 * Appends to `user.data` of a bid request, in its text: the one thing that differs from what came. A `user` or a `data` that is
 * not there, or null, comes into being; one of another kind than OpenRTB says is left as it is, and nothing is added.
 * @param text an object, as JSON
 * @param data one or more objects of OpenRTB 3.2.21, as JSON, parted by commas
 */
export function appendUserData(text: string, data: string): string {
  const { from } = placeOfAll(text);
  const user = memberOf(text, from, "user");
  if (user.value === undefined) return insertMember(text, user.close, user.isEmpty, `"user":{"data":[${data}]}`);
  if (isNullAt(text, user.value.from)) return replace(text, user.value, `{"data":[${data}]}`);
  if (!isObjectAt(text, user.value.from)) return text;
  const held = memberOf(text, user.value.from, "data");
  if (held.value === undefined) return insertMember(text, held.close, held.isEmpty, `"data":[${data}]`);
  if (isNullAt(text, held.value.from)) return replace(text, held.value, `[${data}]`);
  if (!isArrayAt(text, held.value.from)) return text;
  const close = held.value.to - 1;
  return insert(text, close, isEmptyArray(text, held.value) ? data : `,${data}`);
}

function insertMember(text: string, close: number, isFirst: boolean, member: string): string {
  return insert(text, close, isFirst ? member : `,${member}`);
}

function insert(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}

function replace(text: string, { from, to }: Place, what: string): string {
  return text.slice(0, from) + what + text.slice(to);
}
