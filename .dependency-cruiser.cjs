/**
 * Imports point one way (docs/architecture.md). Under TypeScript 7 dependency-cruiser finds no module with its own
 * parser, so it is told to use swc; scripts/check-imports.ts plants a fault and sees it red.
 */
const rooms = { core: "^core/", objects: "^durable-objects/", worker: "^worker/" };
const tests = "(\\.test\\.ts$|^test/)";

/** Floors of a room from the ground up: one may import only from itself and from below. */
function floors(room, order) {
  return order.flatMap((floor, height) => {
    const above = order.slice(height + 1).flat();
    return above.length === 0
      ? []
      : [
          {
            name: `${room}-floor-${floor.join("-")}`,
            severity: "error",
            from: { path: `^${room}/(${floor.join("|")})(/|\\.ts$)`, pathNot: tests },
            to: { path: `^${room}/(${above.join("|")})(/|\\.ts$)` },
          },
        ];
  });
}

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: { pathNot: tests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-imports-nothing-of-ours-or-the-platform",
      severity: "error",
      from: { path: rooms.core, pathNot: tests },
      to: { path: "^(worker|durable-objects|dashboard|tag|scripts|bench|test)/|^cloudflare:|^node:", pathNot: rooms.core },
    },
    { name: "core-no-node", severity: "error", from: { path: rooms.core, pathNot: tests }, to: { dependencyTypes: ["core"] } },
    {
      name: "objects-import-only-core",
      severity: "error",
      from: { path: rooms.objects, pathNot: tests },
      to: { path: "^(worker|dashboard|tag|scripts|bench|test)/" },
    },
    {
      name: "worker-imports-no-tools",
      severity: "error",
      from: { path: rooms.worker, pathNot: tests },
      to: { path: "^(dashboard|tag|demo|scripts|bench|test)/" },
    },
    {
      name: "tag-imports-nothing",
      comment: "It is one small script for any page: nothing of ours, nothing of the platform, nothing from npm",
      severity: "error",
      from: { path: "^tag/" },
      to: { pathNot: "^tag/" },
    },
    {
      name: "dashboard-imports-types-and-the-rule-language",
      comment: "It knows Tideline by HTTP; of core only what reads and says a rule, and types",
      severity: "error",
      from: { path: "^dashboard/", pathNot: "\\.test\\.tsx?$" },
      to: {
        path: "^(core|worker|durable-objects|tag|demo|scripts|bench|test)/",
        pathNot: "^core/(rules|model)/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "demo-imports-nothing-of-ours",
      comment: "It is a customer's shop: what it knows of Tideline is the tag and HTTP",
      severity: "error",
      from: { path: "^demo/" },
      to: { path: "^(core|worker|durable-objects|dashboard|tag|scripts|bench|test)/" },
    },
    {
      name: "data-plane-without-control-plane",
      comment: "OpenAPI and zod are loaded only when the control plane is called",
      severity: "error",
      from: { path: "^(core|durable-objects|worker/(collect|decide|adtech|wire|auth))/", pathNot: tests },
      to: { path: "node_modules/(hono|zod|@hono|drizzle-orm)/" },
    },
    ...floors("core", [
      ["model"],
      ["rules", "consent"],
      ["profile", "import"],
      ["identity", "decide", "quality"],
      ["measure", "predict"],
    ]),
    ...floors("worker", [
      ["cold", "wire"],
      ["ruleset", "auth"],
      ["collect", "decide", "tag", "demo", "dashboard"],
      ["import"],
      ["api"],
      ["adtech", "flags", "personalize"],
      ["data-plane"],
      ["index"],
    ]),
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"], conditionNames: ["import", "workerd", "default", "types"] },
  },
};
