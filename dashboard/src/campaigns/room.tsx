import type { ReactNode } from "react";
import { Route, Switch } from "wouter";
import { CampaignScreen, NewCampaign } from "./campaign.tsx";
import { CampaignList } from "./list.tsx";
import { PlacementList } from "./placements.tsx";

/** No key begins so. */
const NEW = "+new";

/** What is shown to whom, and what comes of it? */
export default function CampaignRoom(): ReactNode {
  return (
    <Switch>
      <Route path="/campaigns/placements/:key?">
        <PlacementList />
      </Route>
      <Route path="/campaigns/:key">
        {({ key }) => (key === NEW ? <NewCampaign /> : <CampaignScreen key={key} campaignKey={key} />)}
      </Route>
      <Route>
        <CampaignList />
      </Route>
    </Switch>
  );
}
