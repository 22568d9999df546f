/** Of this deployment, as `package.json` says (a test compares them): the file itself would drag its whole text into the Worker. */
export const VERSION = "0.1.0";
