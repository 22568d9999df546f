/** The part of cli-progress 3.12 that is used: it brings no types. */
declare module "cli-progress" {
  interface Options {
    readonly format: string;
    /** Print a plain line now and then where there is no terminal. */
    readonly noTTYOutput: boolean;
    /** How often, ms. */
    readonly notTTYSchedule: number;
    readonly hideCursor: boolean;
    readonly etaBuffer: number;
  }
  class SingleBar {
    constructor(options: Options, preset: object);
    start(total: number, value: number, payload?: object): void;
    update(value: number, payload?: object): void;
    stop(): void;
  }
  const cliProgress: { readonly SingleBar: typeof SingleBar; readonly Presets: { readonly shades_classic: object } };
  export default cliProgress;
}
