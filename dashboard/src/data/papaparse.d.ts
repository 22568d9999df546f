/** The part of papaparse 5.5 that is used here. */
declare module "papaparse" {
  const Papa: {
    /** @param options `preview`: how many rows at most */
    parse(text: string, options: { readonly preview: number }): { readonly data: readonly (readonly string[])[] };
  };
  export default Papa;
}
