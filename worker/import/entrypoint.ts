import { WorkerEntrypoint } from "cloudflare:workers";
import type { ImportStep, ImportSteps, StepAnswer } from "../../durable-objects/import/step.ts";

/** Where import objects call back to: what collects events is the Worker's, and reads, maps and writes for them. */
export class ImportEntrypoint extends WorkerEntrypoint<Env> implements ImportSteps {
  async apply(text: string): Promise<string> {
    const { applyStep } = await import("./apply-step.ts");
    const step: ImportStep = JSON.parse(text);
    return JSON.stringify((await applyStep(this.env, this.ctx, step)) satisfies StepAnswer);
  }
}
