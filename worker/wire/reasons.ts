/**
 * Every reason for which a call is refused, with the status it goes out under and the title a person reads. The reasons
 * are the stable `code`s of problem documents: clients branch on them, so one may be added but never renamed.
 */
export const REASONS = {
  bad_request: { status: 400, title: "The request is not in the shape this call takes" },
  not_json: { status: 400, title: "The body is not JSON" },
  too_deep: { status: 400, title: "The body nests deeper than is taken" },
  bad_encoding: { status: 400, title: "The body is not what its Content-Encoding says" },
  not_in_encoding: { status: 400, title: "The body is not text in its encoding" },
  batch_too_large: { status: 400, title: "The batch is over its limit" },
  unauthorized: { status: 401, title: "A valid key is needed" },
  forbidden_scope: { status: 403, title: "The key may not do this" },
  origin_not_allowed: { status: 403, title: "The source does not take calls from this origin" },
  not_found: { status: 404, title: "There is nothing here" },
  method_not_allowed: { status: 405, title: "The method is not for this path" },
  in_use: { status: 409, title: "Others use it" },
  import_conflict: { status: 409, title: "An import of this id has begun under other settings" },
  part_conflict: { status: 409, title: "Another part is stored in its place, or the last part is another" },
  precondition_failed: { status: 412, title: "It has changed since it was read" },
  too_large: { status: 413, title: "The body is larger than is taken" },
  unsupported_encoding: { status: 415, title: "The Content-Encoding is not supported" },
  invalid_rule: { status: 422, title: "The rule is not in the rule language" },
  invalid_ruleset: { status: 422, title: "The drafts cannot be published" },
  invalid_plan: { status: 422, title: "This is no tracking plan" },
  invalid_campaign: { status: 422, title: "The campaign cannot be as it is written" },
  code_taken: { status: 422, title: "Another audience has this code" },
  fixed: { status: 422, title: "This is settled when the workspace is made and cannot change" },
  bad_list_type: { status: 422, title: "This is no type of identifier that a list can hold" },
  not_linked: { status: 422, title: "This identifier does not lead to the profile, or is the profile itself" },
  not_split: { status: 422, title: "This identifier was not split from the profile, or leads to somebody else by now" },
  identifier_limit: { status: 422, title: "The profile would have too many identifiers of a kind" },
  too_many_keys: { status: 422, title: "No more keys of this kind can hold at once" },
  own_key: { status: 422, title: "A key cannot revoke itself" },
  bad_identity: { status: 422, title: "The identity does not name one person" },
  at_before_horizon: { status: 422, title: "The instant lies before the retained history" },
  rate_limited: { status: 429, title: "Too many calls" },
  internal: { status: 500, title: "Something is wrong on our side" },
  unavailable: { status: 503, title: "A store cannot be reached" },
  ruleset_not_ready: { status: 503, title: "The ruleset asked for is not here yet" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type Reason = keyof typeof REASONS;
