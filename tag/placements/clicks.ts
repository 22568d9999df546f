import { listen } from "../guard.ts";
import { fillingOf } from "./fill.ts";
import { tell } from "./tell.ts";

/** Clicks on what a campaign shows; by the middle button, too. A link that leads over the click's URL tells it by itself. */
export function watchPlacementClicks(): void {
  listen("click auxclick", (event) => {
    const { target, button } = event as MouseEvent;
    const found = (target as Element).closest("a,button,input,[role=button],[data-tl-event]");
    const element = found?.closest("[data-tl-placement]");
    const clickUrl = element && fillingOf(element)?.clickUrl;
    if (clickUrl && button < 2 && !found?.matches("a[data-tl-click]")) tell(clickUrl);
  });
}
