import { describe, expect, it } from "vitest";
import { FRENCH } from "../../../core/rules/french.ts";
import { describeRule } from "../../../core/rules/describe.ts";
import { aRule } from "../../../core/rules/factories.ts";
import { toQuery, toRule } from "./model.ts";
import { TEMPLATES } from "./templates.ts";

describe("templates", () => {
  it.each(TEMPLATES.map((template) => [template.key, template] as const))(
    "%s is a right rule, told in both languages",
    (_, template) => {
      const rule = aRule(template.rule);
      expect(describeRule(rule)).toMatch(/^People /);
      expect(describeRule(rule, FRENCH)).toMatch(/^Personnes /);
      for (const text of [template.name, template.description])
        expect([text.en, text.fr].every((word) => word.length > 3)).toBe(true);
      expect(toRule(toQuery(template.rule))).toEqual(template.rule);
    },
  );
  it("are at least eight, each once", () => {
    expect(TEMPLATES.length).toBeGreaterThanOrEqual(8);
    expect(new Set(TEMPLATES.map(({ key }) => key)).size).toBe(TEMPLATES.length);
  });
});
