import { useSearchParams } from "wouter";

/** A filter that is kept in the URL, so that a link shows the same. @returns the value, and what sets it: `initial` leaves the URL */
export function useUrlState(name: string, initial = ""): readonly [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string): void => {
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === initial) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  return [params.get(name) ?? initial, set];
}
