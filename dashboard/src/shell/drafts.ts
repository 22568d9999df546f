/** How many changes wait to be published. */
export function useDraftCount(): number {
  return 0;
}
